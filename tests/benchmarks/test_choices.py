"""Choices of training beside others: what is forced on it, and the table."""

import os
import sys

import pytest

from benchmarks import choices
from benchmarks.speed import forced
from benchmarks.speed import rows
from benchmarks.speed import settings
from benchmarks.speed.race import Result
from benchmarks.speed.rows import Row
from groundwork.run import training_loop
from modern import step_functions


@pytest.fixture(name="trained")
def fixture_trained(monkeypatch):
    """Function (model, what is forced) that returns the `Trainer` that would train."""
    def trained(model, **asked):
        found = []
        monkeypatch.setattr(training_loop, "train", lambda trainer, begun: found.append(trainer))
        monkeypatch.setattr(step_functions, "MAX_STEPS_A_CALL", step_functions.MAX_STEPS_A_CALL)
        forced.run("forced", dict(settings.of(model, 8), forced=asked), pace=None)
        return found[0]
    return trained


@pytest.mark.parametrize("model, asked, kind", [
    ("dense_gan", {}, "CompiledSteps"), ("dense_gan", {"jit_compile": False}, "SingleSteps"),
    ("dcgan", {}, "SingleSteps"), ("dcgan", {"jit_compile": True}, "CompiledSteps")])
def test_compilation_is_forced(trained, model, asked, kind):
    assert type(trained(model, **asked)._steps).__name__ == kind


def test_steps_a_call_are_forced(trained):
    assert trained("dense_gan")._steps._most == 50
    assert trained("dense_gan", steps_a_call=7)._steps._most == 7


def test_threads_are_forced(trained, monkeypatch):
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "5")
    trained("dense_gan")
    assert os.environ["TF_NUM_INTRAOP_THREADS"] == "5"
    trained("dense_gan", threads=1)
    assert os.environ["TF_NUM_INTRAOP_THREADS"] == "1"


def test_every_way_but_the_chosen_forces_something_else():
    for compiled in (False, True):
        (name, first), *others = choices.ways(compiled).items()
        assert (name, first) == ("chosen", {})
        assert all(asked and asked.get("jit_compile") != compiled for _, asked in others)
        assert len({str(asked) for _, asked in others}) == len(others)


def test_the_table_holds_each_way_against_the_chosen_one():
    chosen = Result("chosen", (2.0, 4.0, 6.0), 1.0, 700.4)
    other = Result("one thread", (3.0, 5.0, 9.0), 1.0, 650.0)
    lines = choices.table([(Row("vae", 32), True, [chosen, other]),
                           (Row("dcgan", 32), False, [chosen, Result("XLA", failure="killed")])])
    assert [line.split() for line in lines[1:]] == [
        ["vae,", "batch", "32,", "XLA", "chosen", "4.000", "1.00", "700"],
        ["one", "thread", "5.000", "1.50", "650"],
        ["dcgan,", "batch", "32,", "no", "XLA", "chosen", "4.000", "1.00", "700"],
        ["XLA", "failed:", "killed"]]


@pytest.mark.slow
def test_the_short_form_of_one_row(repository, forked_python, monkeypatch, capsys):
    monkeypatch.chdir(repository)
    monkeypatch.setattr(sys, "executable", forked_python)
    monkeypatch.setattr(rows, "DENSE_SIZES", (32,))
    assert choices.main(["--model=dense_gan", "--short"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {name}  " in out for name in choices.ways(compiled=True))
    assert "failed" not in out
