"""Tests that a full disk ends a run in one line, after which it resumes to the same bytes.

A process may write files up to a size only (RLIMIT_FSIZE): TensorFlow's writers meet it, too.
"""

import contextlib
import os
import re
import resource

import pytest

from tests.binaries import call, train, WINGS
from tests.runs.files import checkpoint, copy, finite_checkpoints, result, VAE

LINE = r"{}\.train: {}: cannot be written: File too large\n"
EVENTS, CHECKPOINTS = r"\S+/events\S*", r"\S+ckpt-\d+"


@contextlib.contextmanager
def files_up_to(size):
    """Context in which no file grows beyond so many bytes; Python ignores the signal SIGXFSZ."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@pytest.mark.parametrize("size,path", [
    pytest.param(800, r"\S+/config\.json", marks=pytest.mark.slow),
    pytest.param(5000, EVENTS, marks=pytest.mark.slow), (1000000, CHECKPOINTS)])
def test_a_run_that_finds_no_room_ends_in_one_line_and_resumes(
        legacy_vae, tmp_path, capfd, size, path):
    wing, folder = legacy_vae
    run_dir = str(tmp_path / "run")
    with files_up_to(size):
        assert train(wing, run_dir, "--train_steps=60", *VAE) == 74
    _, err = capfd.readouterr()
    assert re.fullmatch(LINE.format(wing, path), err), err
    assert not os.path.exists(os.path.join(run_dir, "DONE"))
    assert train(wing, run_dir, "--train_steps=60", *VAE) == 0
    assert capfd.readouterr().err == ""
    assert result(wing, run_dir, 60) == result(wing, str(folder / "60"), 60)
    assert finite_checkpoints(wing, run_dir) == [20, 40, 60]
    assert (sorted(os.listdir(os.path.join(run_dir, "checkpoints")))
            == sorted(os.listdir(str(folder / "60" / "checkpoints"))))


@pytest.mark.slow
def test_a_checkpoint_that_cannot_be_written_costs_none_before_it(vae, tmp_path, capfd):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    with files_up_to(1000000):
        assert train(wing, run_dir, "--train_steps=120", *VAE) == 74
    assert re.fullmatch(LINE.format(wing, re.escape(checkpoint(wing, run_dir, 80))),
                        capfd.readouterr().err)
    assert finite_checkpoints(wing, run_dir) == [20, 40, 60]
    assert train(wing, run_dir, "--train_steps=120", *VAE) == 0
    assert result(wing, run_dir, 120) == result(wing, str(folder / "120"), 120)


def test_a_picture_that_cannot_be_written_is_no_wrong_flag(vae, tmp_path, capfd):
    wing, folder = vae
    output = str(tmp_path / "grid.png")
    with files_up_to(800):
        assert call(wing + ".sample", "--run_dir={}".format(folder / "60"),
                    "--output=" + output) == 74
    assert capfd.readouterr().err == (
        "{}.sample: {}: cannot be written: File too large\n".format(wing, output))
    assert os.listdir(str(tmp_path)) == []


@pytest.mark.slow
@pytest.mark.parametrize("wing", WINGS)
def test_a_run_that_finds_no_room_at_any_size_resumes(wing, tmp_path, capfd):
    model = ["--model=dense_gan", "--batch_size=8", "--train_steps=6", "--checkpoint_every=2",
             "--sample_every=3", "--log_every=1"]
    whole = str(tmp_path / "whole")
    assert train(wing, whole, *model) == 0
    assert capfd.readouterr().err == ""
    size, ends = 800, set()  # what is captured of the command is a file, too
    while 0 not in ends:
        run_dir = str(tmp_path / str(size))
        with files_up_to(size):
            ends.add(train(wing, run_dir, *model))
        err = capfd.readouterr().err
        assert 0 in ends or re.fullmatch(LINE.format(wing, r"\S+"), err), (size, err)
        assert train(wing, run_dir, *model) == 0
        assert result(wing, run_dir, 6) == result(wing, whole, 6), size
        capfd.readouterr()
        size = size * 5 // 4 + 1
    assert ends == {0, 74}
