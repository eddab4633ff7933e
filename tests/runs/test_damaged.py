"""Tests that a run with damaged checkpoints goes on from the last whole one, or is refused."""

import os
import shutil

import pytest

from tests.binaries import call, train
from tests.runs.files import checkpoint, copy, read, result, truncate, VAE


@pytest.mark.parametrize("suffix,size", [
    (".data-00000-of-00001", 100000), pytest.param(".index", 0, marks=pytest.mark.slow)])
def test_a_truncated_checkpoint_falls_back_to_the_one_before(vae, tmp_path, warnings, capfd,
                                                             suffix, size):
    wing, folder = vae
    run_dir = copy(folder, "120", tmp_path)
    newest = checkpoint(wing, run_dir, 120)
    truncate(newest + suffix, size)
    assert train(wing, run_dir, "--train_steps=120", *VAE) == 0
    assert len(warnings) == 1
    assert warnings[0].startswith(newest + ": not a whole checkpoint (")
    assert warnings[0].endswith("); trying the one before")
    assert capfd.readouterr().out.startswith("step    101/120 ")
    assert result(wing, run_dir, 120) == result(wing, str(folder / "120"), 120)


def test_a_run_without_any_whole_checkpoint_is_refused_and_left_alone(
        vae, tmp_path, warnings, capfd):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    checkpoints = os.path.join(run_dir, "checkpoints")
    for step in (20, 40, 60):
        truncate(checkpoint(wing, run_dir, step) + ".data-00000-of-00001", 1000)
    before = {name: read(checkpoints, name) for name in os.listdir(checkpoints)}
    for program, arguments in [(".train", VAE + ["--train_steps=120"]),
                               (".sample", ["--output={}/grid.png".format(tmp_path)])]:
        assert call(wing + program, "--run_dir=" + run_dir, *arguments) == 64
        assert capfd.readouterr() == (
            "", "{}{}: {}: expected a whole checkpoint of this model, received 3 that cannot be "
                "read\n".format(wing, program, checkpoints))
    assert len(warnings) == 6
    assert before == {name: read(checkpoints, name) for name in os.listdir(checkpoints)}
    assert read(run_dir, "metrics.csv") == read(str(folder / "60"), "metrics.csv")
    assert os.listdir(os.path.join(run_dir, "samples")) == ["step_00000060.png"]
    assert not os.path.exists(str(tmp_path / "grid.png"))


def test_a_run_without_checkpoint_cannot_be_sampled(vae, tmp_path, capfd):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    checkpoints = os.path.join(run_dir, "checkpoints")
    shutil.rmtree(checkpoints)
    os.mkdir(checkpoints)
    output = str(tmp_path / "grid.png")
    assert call(wing + ".sample", "--run_dir=" + run_dir, "--output=" + output) == 64
    assert capfd.readouterr() == (
        "", "{}.sample: {}: expected a checkpoint, received a run that has written none\n".format(
            wing, checkpoints))
    assert not os.path.exists(output)


def test_samples_of_a_run_are_those_that_training_wrote(vae, tmp_path, capfd):
    wing, folder = vae
    output = str(tmp_path / "grid.png")
    assert call(wing + ".sample", "--run_dir={}".format(folder / "60"), "--output=" + output,
                "--scale=1") == 0
    assert capfd.readouterr() == (output + ": 64 images\n", "")
    assert read(output) == read(str(folder / "60"), "samples", "step_00000060.png")
