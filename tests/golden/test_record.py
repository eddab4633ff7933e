"""The command that records golden files: what it refuses and writes."""

import contextlib
import os
import subprocess
import sys

import pytest

from parity import command_line
from parity.cases import CASES
from tests.golden import free_runs
from tests.golden import golden_file
from tests.golden import record


def train_on(version):
    """Stands for runs on a TensorFlow of this version, which would take seconds."""
    def train(process, case, steps, unused_folder):
        assert process == sys.executable
        header = {"case": case.name, "steps": steps, "versions": {"tensorflow": version}}
        return golden_file.Golden(header, {})

    return train


@pytest.fixture(name="no_process", autouse=True)
def fixture_no_process(monkeypatch):
    """An interpreter stands for the process that would be started with it."""
    monkeypatch.setattr(free_runs, "start", contextlib.nullcontext)
    monkeypatch.setattr(free_runs, "train", train_on("1.15.5"))


@pytest.mark.parametrize("arguments, expected", [
    ([], "the following arguments are required: --legacy_python"),
    (["--legacy_python="], "--legacy_python: expected a path, received nothing"),
    (["--legacy_python=/nowhere"], "--legacy_python=/nowhere: expected a Python interpreter, "),
    (["--legacy_python=" + sys.executable, "--output_dir=" + __file__],
     "--output_dir=" + __file__ + ": expected a folder that can be written, "),
    (["--legacy_python=" + sys.executable, "--seed=2"], "unrecognized arguments: --seed=2")])
def test_bad_input_is_one_line(arguments, expected, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["record.py"] + arguments)
    assert command_line.run("tests/golden/record.py", record.main) == 64
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tests/golden/record.py: " + expected)
    assert err.count("\n") == 1


def test_another_tensorflow_is_refused_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(free_runs, "train", train_on("2.21.0"))
    with pytest.raises(command_line.UsageError, match="expected an interpreter with TensorFlow 1, "
                                                      "received one with 2.21.0"):
        record.main(["--legacy_python=" + sys.executable, "--output_dir=" + str(tmp_path)])
    assert os.listdir(tmp_path) == []


def test_one_file_a_case_is_written_into_a_new_folder(tmp_path):
    folder = tmp_path / "new" / "golden"
    assert record.main(
        ["--legacy_python=" + sys.executable, "--output_dir=" + str(folder)]) == 0
    assert sorted(os.listdir(folder)) == sorted(case + ".npz" for case in CASES)


def test_one_case_can_be_recorded_by_itself(tmp_path):
    assert record.main(["--legacy_python=" + sys.executable, "--case=dcgan-d2-gat,vae-as_written",
                        "--output_dir=" + str(tmp_path)]) == 0
    assert sorted(os.listdir(tmp_path)) == ["dcgan-d2-gat.npz", "vae-as_written.npz"]
    assert golden_file.read(str(tmp_path / "dcgan-d2-gat.npz")).header["steps"] == 10


def test_it_runs_as_a_script_from_any_folder(tmp_path):
    process = subprocess.run([sys.executable, record.__file__, "--help"], cwd=tmp_path,
                             capture_output=True, text=True)
    assert (process.returncode, process.stderr) == (0, "")
    assert "--legacy_python PATH" in process.stdout
