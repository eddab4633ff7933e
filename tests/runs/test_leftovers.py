"""Tests that a run sweeps what killed processes left in it, and nothing else."""

import os
import shutil

import pytest

from tests.binaries import call, train
from tests.runs.files import checkpoint, CHECKPOINT, copy, read, result, VAE

UNIQUE = "0123456789abcdef" * 2
FOREIGN = ["model.ckpt-abc.index", "ckpt-3.index.bak", "ckpt-007.index", "my-ckpt-900.index",
           "notes.txt"]


def put(folder, *names):
    for name in names:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"x")


def test_leftovers_are_swept_and_foreign_names_stay(legacy_vae, tmp_path, warnings, capfd):
    wing, folder = legacy_vae
    run_dir = copy(folder, "60", tmp_path)
    checkpoints = os.path.join(run_dir, "checkpoints")
    for old, new in ((20, 10), (20, 15)):  # more than are kept
        for name in os.listdir(checkpoints):
            start = CHECKPOINT[wing].format(old) + "."
            if name.startswith(start):
                shutil.copy(os.path.join(checkpoints, name), os.path.join(
                    checkpoints, CHECKPOINT[wing].format(new) + "." + name[len(start):]))
    put(checkpoints, *FOREIGN)
    put(checkpoints, CHECKPOINT[wing].format(80) + ".data-00000-of-00001",
        CHECKPOINT[wing].format(80) + ".index.tempstate5", "checkpoint.tmp" + UNIQUE)
    os.mkdir(checkpoint(wing, run_dir, 80) + "_temp")
    put(run_dir, ".metrics.csv.{}.tmp".format(UNIQUE))
    assert train(wing, run_dir, "--train_steps=60", *VAE) == 0
    assert capfd.readouterr() == ("", "")
    expected = os.listdir(str(folder / "60" / "checkpoints"))
    assert sorted(os.listdir(checkpoints)) == sorted(expected + FOREIGN)
    assert sorted(os.listdir(run_dir)) == sorted(os.listdir(str(folder / "60")))
    assert train(wing, run_dir, "--train_steps=120", *VAE) == 0
    assert result(wing, run_dir, 120) == result(wing, str(folder / "120"), 120)
    expected = os.listdir(str(folder / "120" / "checkpoints"))
    assert sorted(os.listdir(checkpoints)) == sorted(expected + FOREIGN)
    assert warnings == []


@pytest.mark.slow
def test_damaged_later_checkpoints_do_not_push_out_whole_ones(vae, tmp_path, warnings):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    for step in (61, 62, 63):
        put(os.path.dirname(checkpoint(wing, run_dir, step)), *(
            CHECKPOINT[wing].format(step) + end for end in (".index", ".data-00000-of-00001")))
    other = ["--model=vae", "--checkpoint_every=70", "--train_steps=70"]
    assert train(wing, run_dir, *other) == 0
    assert len(warnings) == 3
    names = os.listdir(os.path.join(run_dir, "checkpoints"))
    assert sorted(name for name in names if name.endswith(".index")) == sorted(
        CHECKPOINT[wing].format(step) + ".index" for step in (40, 60, 70))


def test_a_checkpoint_that_is_not_of_its_number_is_refused(vae, tmp_path, capfd):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    checkpoints = os.path.join(run_dir, "checkpoints")
    start = CHECKPOINT[wing].format(60) + "."
    for name in os.listdir(checkpoints):
        if name.startswith(start):
            os.rename(os.path.join(checkpoints, name), os.path.join(
                checkpoints, CHECKPOINT[wing].format(100) + "." + name[len(start):]))
    before = {name: read(checkpoints, name) for name in os.listdir(checkpoints)}
    for program, arguments in [(".train", VAE + ["--train_steps=120"]),
                               (".sample", ["--output={}/grid.png".format(tmp_path)])]:
        assert call(wing + program, "--run_dir=" + run_dir, *arguments) == 64
        assert capfd.readouterr() == (
            "", "{}{}: {}: expected the state after step 100, received that after step 60\n".format(
                wing, program, checkpoint(wing, run_dir, 100)))
    assert before == {name: read(checkpoints, name) for name in os.listdir(checkpoints)}
