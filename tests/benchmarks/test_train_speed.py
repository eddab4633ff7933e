"""The arithmetic of the speed benchmark; nothing here is timed."""

import subprocess
import sys

import pytest

from benchmarks import train_speed
from benchmarks.train_speed import Measurement, Process
from groundwork import hyperparameters
from parity import command_line
from parity.workers import RecorderError


def pair(legacy, modern):
    return {"legacy": Measurement(legacy, 500.0), "modern": Measurement(modern, 800.0)}


def test_a_step_is_the_long_run_less_the_short_one_and_wings_take_turns():
    order = []

    def train_once(wing, steps, model, batch_size, lengths):
        assert lengths == (200, 1200)
        order.append((wing, steps, model, batch_size))
        start, step = {"legacy": (4.0, 0.002), "modern": (9.0, 0.001)}[wing]
        return Process(start + step * steps, 100.0 + steps)

    found = train_speed.measure("vae", 32, (200, 1200), train_once)
    assert found["legacy"].milliseconds == pytest.approx(2.0)
    assert found["modern"].milliseconds == pytest.approx(1.0)
    assert found["legacy"].peak_megabytes == found["modern"].peak_megabytes == 1300.0
    assert order == [(wing, steps, "vae", 32) for steps in (200, 1200)
                     for wing in ("legacy", "modern")]


@pytest.mark.parametrize("step,lengths", [
    (0.001, (1010, 2010)), (0.0, (1010, 2010)), (0.05, (110, 210)), (0.5, (50, 90))])
def test_slow_models_take_fewer_steps(step, lengths):
    found = train_speed.lengths_for(
        "dcgan", None, lambda wing, steps, *unused: Process(4.0 + step * steps, 100.0))
    assert found == pytest.approx(lengths, abs=20)


def test_ratio_is_the_median_of_the_ratios_and_not_the_ratio_of_the_medians():
    pairs = [pair(1.0, 0.5), pair(4.0, 1.0), pair(2.0, 2.0)]
    assert train_speed.ratio(pairs) == 0.5


def test_table_has_median_and_range_of_each_wing():
    lines = train_speed.table({("vae", 32): [pair(1.0, 0.5), pair(4.0, 1.0), pair(2.0, 2.0)],
                               ("bgd_gan", None): [pair(3.0, 6.0)]})
    assert [line.split() for line in lines] == [
        ["model", "batch", "wing", "ms", "a", "step", "peak", "MB", "modern/legacy"],
        ["vae", "32", "legacy", "2.000", "(1.000-4.000)", "500", "(500-500)"],
        ["vae", "32", "modern", "1.000", "(0.500-2.000)", "800", "(800-800)", "0.50"],
        ["bgd_gan", "all", "legacy", "3.000", "(3.000-3.000)", "500", "(500-500)"],
        ["bgd_gan", "all", "modern", "6.000", "(6.000-6.000)", "800", "(800-800)", "2.00"]]
    assert len({line.index("(") for line in lines[1:]}) == 1


def test_samples_and_checkpoints_are_written_at_the_end_only(monkeypatch):
    monkeypatch.setattr(train_speed, "run", lambda command, what: command)
    command = train_speed.train("modern", 200, "vae", 128, (200, 1200))
    assert command[:3] == [sys.executable, "-m", "modern.train"]
    assert set(command[3:-1]) == {
        "--model=vae", "--batch_size=128", "--train_steps=200", "--summary_every=200",
        "--sample_every=1200", "--checkpoint_every=1200"}
    command = train_speed.train("modern", 1, "vae", None, (1, 2))
    assert not any("batch_size" in word for word in command)


# In a process of its own: a peak includes what the parent is, and tests may have made us large.
_PEAKS = """
import sys
from benchmarks.train_speed import run
for program in ("b'x' * (300 * 2 ** 20)", "pass"):
    print(run([sys.executable, "-c", program], program).peak_megabytes)
"""


def test_peak_memory_is_that_of_one_process(repository):
    lines = subprocess.check_output([sys.executable, "-c", _PEAKS], cwd=repository, text=True)
    large, small = (float(line) for line in lines.splitlines())
    assert 300 <= large < 350
    assert 5 < small < 100


@pytest.mark.parametrize("status, kind", [(64, command_line.UsageError), (70, RecorderError)])
def test_a_process_that_fails_is_told_by_its_last_line(status, kind):
    program = f"import sys; print('one\\nthe last', file=sys.stderr); sys.exit({status})"
    with pytest.raises(kind, match=rf"^the last \(exit status {status} of legacy\.train\)$"):
        train_speed.run([sys.executable, "-c", program], "legacy.train")


@pytest.mark.parametrize("argument, expected", [
    ("--batch_sizes=32,", "argument --batch_sizes: expected whole numbers from 1 with commas "),
    ("--batch_sizes=0", "argument --batch_sizes: expected whole numbers from 1 with commas "),
    ("--repeats=0", "argument --repeats: expected a whole number from 1, received 0"),
    ("--model=vae,gan", "argument --model: expected all, or names of ")])
def test_bad_input_is_one_line(argument, expected, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["train_speed", argument])
    assert command_line.run("benchmarks.train_speed", train_speed.main) == 64
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("benchmarks.train_speed: " + expected)


def test_progress_and_table_are_printed(monkeypatch, capsys):
    monkeypatch.setattr(train_speed, "lengths_for", lambda model, batch_size: (1, 2))
    monkeypatch.setattr(
        train_speed, "measure", lambda model, batch_size, lengths: pair(2.0, 1.0))
    assert train_speed.main(["--repeats=2", "--model=all"]) == 0
    out, err = capsys.readouterr()
    models = list(hyperparameters.MODELS)
    assert len(err.splitlines()) == 2 * len(models)
    assert "1/2 vae, batch 64: legacy 2.000 ms a step, modern 1.000 ms a step" in err.splitlines()
    assert [line.split()[0] for line in out.splitlines()[2::2]] == models
    assert train_speed.main(["--batch_sizes=32,64", "--repeats=2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
