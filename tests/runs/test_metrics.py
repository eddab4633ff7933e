"""Tests that a run whose metrics.csv was lost or edited goes on with the rows that it had."""

import os

import pytest

from tests.binaries import train
from tests.runs.files import copy, read, result, VAE


def test_lost_rows_are_rebuilt_from_the_event_files(vae, tmp_path, warnings):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    os.remove(os.path.join(run_dir, "metrics.csv"))
    assert train(wing, run_dir, "--train_steps=60", *VAE) == 0
    assert result(wing, run_dir, 60) == result(wing, str(folder / "60"), 60)
    assert [line.split("; ")[1] for line in warnings] == [
        "rebuilt from the event files, whose float32 losses are the same digit for digit"]


@pytest.mark.slow
def test_edited_rows_are_rebuilt_when_the_run_goes_on(vae, tmp_path, warnings):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    with open(os.path.join(run_dir, "metrics.csv"), "r+b") as file:
        file.seek(100)
        file.write(b"7")
    assert train(wing, run_dir, "--train_steps=120", *VAE) == 0
    assert result(wing, run_dir, 120) == result(wing, str(folder / "120"), 120)
    assert len(warnings) == 1


@pytest.mark.slow
def test_rows_of_float64_are_refused_and_left_alone(vae, tmp_path, capfd):
    wing, _ = vae
    run_dir = str(tmp_path / "run")
    arguments = ["--train_steps=20", "--dtype=float64"] + VAE
    assert train(wing, run_dir, *arguments) == 0
    path = os.path.join(run_dir, "metrics.csv")
    assert train(wing, run_dir, *arguments) == 0
    with open(path, "r+b") as file:
        file.truncate(100)
    capfd.readouterr()
    assert train(wing, run_dir, *arguments) == 64
    assert "expected the rows that it had at step 20, received others" in capfd.readouterr().err
    assert len(read(path)) == 100
