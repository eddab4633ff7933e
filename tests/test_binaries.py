"""Tests of the four binaries: `--help`, and one line for every bad input."""

import importlib
import subprocess
import sys

from absl.testing import flagsaver
import pytest

from groundwork import commands
from groundwork import fields
from groundwork import flags
from groundwork import optimizers
from groundwork import schedules
from groundwork.models import MODELS
from groundwork.training_options import TrainingOptions
from tests.bad_inputs import CASES, prepare
from tests.binaries import call, WINGS

BINARIES = [wing + "." + binary for wing in WINGS for binary in ("train", "sample")]
RUN_FLAGS = {
    "help", "model", "run_dir", "overwrite", "dataset", "data_dir", "dataset_b", "data_dir_b",
    "max_data_bytes", "train_steps", "train_epochs", "augment", "seed", "dtype", "log_every",
    "sample_every", "checkpoint_every", "summary_every", "stock_optimizers", "parity_mode",
    "animate", "warm_start", "warm_start_scopes", "optimizer", "schedule"}
TRAINING_FLAGS = RUN_FLAGS.union(
    fields.declared(TrainingOptions), *(flags.declared(kinds) for kinds in (
        MODELS, optimizers.OPTIMIZERS, schedules.SCHEDULES)))
SAMPLING_FLAGS = {"help", "run_dir", "output", "count", "seed", "interpolate", "label", "traverse",
                  "scale"}


def tree(path):
    """Every file below a folder with its content, and every folder."""
    return {str(entry.relative_to(path)): entry.read_bytes() if entry.is_file() else None
            for entry in path.rglob("*")}


@pytest.mark.parametrize("wing", WINGS)
@pytest.mark.parametrize("binary,name", [(binary, name) for binary in CASES
                                         for name in CASES[binary]])
def test_bad_input_is_refused_in_one_line(wing, binary, name, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(str(tmp_path))
    arguments, expected = prepare(binary, name, tmp_path, wing)
    before = tree(tmp_path)
    program = wing + "." + binary
    assert call(program, *arguments) == 64
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(program + ": ")
    assert err.endswith("\n") and err.count("\n") == 1
    assert expected in err
    assert tree(tmp_path) == before


def test_stock_optimizers_are_refused_by_legacy(tmp_path, capfd):
    assert call("legacy.train", "--model=vae", "--run_dir={}/run".format(tmp_path),
                "--stock_optimizers") == 64
    assert capfd.readouterr() == (
        "", "legacy.train: --stock_optimizers: expected with modern.train only, received by "
            "legacy.train\n")
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("program,name", [
    (wing + "." + binary, name) for wing in WINGS
    for binary, name in [("train", "batch_size too large"), ("sample", "run of the other wing")]])
def test_the_process_ends_with_the_line_and_the_status(program, name, tmp_path, repository):
    wing, binary = program.split(".")
    arguments, expected = prepare(binary, name, tmp_path, wing)
    before = tree(tmp_path)
    process = subprocess.run([sys.executable, "-m", program] + arguments, cwd=repository,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    err = process.stderr.decode()
    assert (process.returncode, process.stdout) == (64, b"")
    assert err.startswith(program + ": ") and err.count("\n") == 1
    assert expected in err
    assert tree(tmp_path) == before


# Runs a module as `python -m` does, and tells at the end which heavy packages it imported.
HELP = """
import atexit, runpy, sys
heavy = {"tensorflow", "tf_keras", "keras", "sklearn", "scipy", "PIL"}
atexit.register(lambda: print("imported:", *sorted(heavy & set(sys.modules)), file=sys.stderr))
sys.argv = sys.argv[1:] + ["--help"]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("program", BINARIES)
def test_help_lists_every_flag_and_imports_no_tensorflow(program, repository):
    process = subprocess.run([sys.executable, "-c", HELP, program], cwd=repository,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr == b"imported:\n"
    assert process.returncode == 0
    lines = process.stdout.decode("utf-8").splitlines()
    assert "usage: python -m {} --flag=value ...".format(program) in lines
    listed = [line.split(":")[0][4:] for line in lines if line.startswith("  --")]
    assert len(listed) == len(set(listed))
    assert set(listed) == (TRAINING_FLAGS if program.endswith("train") else SAMPLING_FLAGS)


@pytest.mark.parametrize("program", BINARIES)
def test_help_lists_what_is_defined_and_nothing_else(program, capsys):
    with flagsaver.flagsaver():
        sys.modules.pop(program, None)
        module = importlib.import_module(program)
        sys.modules.pop(program)
        defined = {flag.name for flag in flags.FLAGS.get_flags_for_module(
            "groundwork.flags")}
        assert commands.run(program, module.__doc__, module.main, [program, "--help"]) == 0
    out = capsys.readouterr().out
    listed = {line.split(":")[0][4:] for line in out.splitlines() if line.startswith("  --")}
    assert listed == defined
