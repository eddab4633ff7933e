"""Tests of benchmarks.class_quality."""

import sys

import numpy as np
import pytest

from benchmarks import class_quality
from parity import command_line
from tests.binaries import train


def test_agreement_is_that_of_equal_names_or_of_the_best_assignment():
    table = class_quality.counts(np.array([0, 0, 1, 1, 2, 2]), np.array([1, 1, 0, 0, 2, 1]), 3)
    assert table.tolist() == [[0, 2, 0], [2, 0, 0], [0, 1, 1]]
    assert class_quality.agreement(table, assigned=False) == pytest.approx(1 / 6)
    assert class_quality.agreement(table, assigned=True) == pytest.approx(5 / 6)


def test_a_classifier_reads_the_real_digits(digits):
    images = digits.images / 127.5 - 1.0
    model = class_quality.classifier(images[:900], digits.labels[:900])
    assert model.score(images[900:].reshape(897, -1), digits.labels[900:]) > 0.85


@pytest.fixture(name="run_of")
def _run_of(tmp_path, capsys):
    """Function of a model: a run of one step."""
    def get(model):
        run_dir = str(tmp_path / "run")
        assert train("modern", run_dir, "--model=" + model, "--train_steps=1",
                     "--parity_mode") == 0
        capsys.readouterr()
        return run_dir
    return get


def test_a_run_is_measured(run_of, capsys):
    assert class_quality.main(["--run_dir=" + run_of("info_gan"), "--count=50"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("real images: 9")
    assert lines[1].endswith("read as the class that is assigned to their code")


@pytest.mark.parametrize("model,arguments,line", [
    ("dense_gan", [], "--run_dir={}: expected a run of a model with classes, received another one"),
    ("info_gan", ["--count=0"], "argument --count: expected a whole number from 1, received 0"),
    ("info_gan", ["--dataset=npz"], "--data_dir: expected ")])
def test_bad_input_is_one_line(run_of, model, arguments, line, monkeypatch, capsys):
    run_dir = run_of(model)
    monkeypatch.setattr(sys, "argv", ["class_quality", "--run_dir=" + run_dir, *arguments])
    assert command_line.run("benchmarks.class_quality", class_quality.main) == 64
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("benchmarks.class_quality: " + line.format(run_dir))
