"""Tests that a run in several parts equals one at a stretch, whatever state it has."""

import os
import re
import shutil

import numpy as np
from PIL import Image
import pytest

from tests.binaries import call, LEGACY_QUICK, MODERN_QUICK, train, WINGS
from tests.runs.files import checkpoint, copy, finite_checkpoints, read, result, VAE

PLATEAU = ["--model=dense_gan", "--batch_size=16", "--schedule=plateau", "--decay_steps=6",
           "--patience=1", "--checkpoint_every=20", "--summary_every=20"]

# A compiled step takes longer to compile than both runs take to train.
MODES = [["--parity_mode"], pytest.param([], marks=pytest.mark.slow)]
OPTIONS = ["--model=dense_gan", "--batch_size=8", "--schedule=plateau", "--decay_steps=3",
         "--patience=1", "--accumulate_steps=2", "--ema_decay=0.9", "--gradient_clip_norm=0.5",
         "--l2=0.01", "--label_smoothing=0.1", "--checkpoint_every=10", "--summary_every=10"]


def plateau_state(wing, run_dir, step):
    """`{loss: {name: value}}` of what the schedules have seen, from a checkpoint."""
    import tensorflow as tf

    pattern = {"legacy": r"train/(\w+)/plateau/(\w+)", "modern": r"(\w+)_optimizer/plateau_(\w+)"}
    reader = tf.train.load_checkpoint(checkpoint(wing, run_dir, step))
    state = {}
    for key in reader.get_variable_to_shape_map():
        match = re.match(pattern[wing], key.replace(".S", "/"))
        if match:
            loss, name = match.groups()
            state.setdefault(loss, {})[name] = reader.get_tensor(key)
    return state


def test_an_extended_run_equals_one_that_was_longer_from_the_start(vae, tmp_path):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    assert result(wing, run_dir, 60)["DONE"] == b'{\n  "step": 60\n}\n'
    assert train(wing, run_dir, "--train_steps=120", *VAE) == 0
    assert result(wing, run_dir, 120) == result(wing, str(folder / "120"), 120)
    assert finite_checkpoints(wing, run_dir) == [80, 100, 120]


def test_other_intervals_do_not_change_what_is_trained(legacy_vae, tmp_path):
    wing, folder = legacy_vae
    run_dir = str(tmp_path / "run")
    for steps in (37, 60):
        assert train(wing, run_dir, "--model=vae", "--checkpoint_every=7", "--sample_every=11",
                     "--summary_every=4", "--train_steps={}".format(steps)) == 0
    assert result(wing, run_dir, 60) == result(wing, str(folder / "60"), 60)


@pytest.mark.skipif("modern" not in WINGS, reason="Keras 3 needs a later Python")
def test_loops_of_other_lengths_do_not_change_what_is_trained(vae_runs, tmp_path):
    run_dir = str(tmp_path / "run")
    for steps in (30, 60):  # in loops of six steps and of four, where `VAE` has one of twenty
        assert train("modern", run_dir, "--model=vae", "--checkpoint_every=30",
                     "--sample_every=30", "--summary_every=10",
                     "--train_steps={}".format(steps)) == 0
    assert result("modern", run_dir, 60) == result("modern", str(vae_runs("modern") / "60"), 60)


def test_a_copied_run_leaves_the_one_that_it_was_copied_from_alone(legacy_vae, tmp_path):
    wing, folder = legacy_vae
    original = str(tmp_path / "original")
    shutil.copytree(str(folder / "60"), original)
    # A run knows where it was first: this one trained where it lies before it is copied.
    assert train(wing, original, "--train_steps=80", *VAE) == 0
    before = sorted(os.listdir(os.path.join(original, "checkpoints")))
    run_dir = str(tmp_path / "run")
    shutil.copytree(original, run_dir)
    assert train(wing, run_dir, "--train_steps=120", *VAE) == 0
    assert sorted(os.listdir(os.path.join(original, "checkpoints"))) == before
    assert result(wing, run_dir, 120) == result(wing, str(folder / "120"), 120)


@pytest.mark.parametrize("wing", LEGACY_QUICK)
def test_a_resumed_run_remembers_what_its_schedule_has_seen(wing, tmp_path):
    whole, halves = str(tmp_path / "whole"), str(tmp_path / "halves")
    assert train(wing, whole, "--train_steps=40", *PLATEAU) == 0
    for steps in (20, 40):
        assert train(wing, halves, "--train_steps={}".format(steps), *PLATEAU) == 0
    assert result(wing, halves, 40) == result(wing, whole, 40)
    middle, end = (plateau_state(wing, halves, step) for step in (20, 40))
    assert sorted(middle) == sorted(end) == ["discriminator", "generator"]
    for loss, seen in middle.items():
        assert seen["losses"] == 2  # inside a window
        assert seen["total"] != 0
        assert end[loss]["losses"] == 4
    assert any(end[loss]["factor"] < seen["factor"] for loss, seen in middle.items())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("wing", WINGS)
def test_a_resumed_run_remembers_averages_and_is_sampled_with_them(wing, mode, tmp_path):
    import tensorflow as tf

    whole, halves, output = [str(tmp_path / name) for name in ("whole", "halves", "densities.png")]
    assert train(wing, whole, "--train_steps=20", *OPTIONS, *mode) == 0
    for steps in (10, 20):
        assert train(wing, halves, "--train_steps={}".format(steps), *OPTIONS, *mode) == 0
    assert result(wing, halves, 20) == result(wing, whole, 20)
    reader = tf.train.load_checkpoint(checkpoint(wing, halves, 20))
    names = {key.replace(".S", "/").split("/.ATTRIBUTES")[0]: key
             for key in reader.get_variable_to_shape_map()}
    averages = [name for name in names if name.endswith("/average")]
    assert len(averages) == 8
    for name in averages:
        weights = reader.get_tensor(names[name[len("train/"):-len("/average")]])
        assert np.any(reader.get_tensor(names[name]) != weights)
    assert not [name for name in names if "sum_" in name]  # sums end with their step
    assert call(wing + ".sample", "--run_dir=" + halves, "--output=" + output,
                "--scale=1") == 0
    assert read(output) != b""


@pytest.mark.parametrize("wing", MODERN_QUICK)
def test_a_run_with_batch_norm_and_dropout_resumes_where_an_uninterrupted_one_goes_on(
        wing, tmp_path, capfd):
    model = ["--model=dcgan", "--batch_size=4", "--checkpoint_every=2", "--log_every=1",
             "--summary_every=5"]
    run_dir, whole, output = [str(tmp_path / name) for name in ("run", "whole", "grid.png")]
    for steps in (3, 5):
        assert train(wing, run_dir, "--train_steps={}".format(steps), *model) == 0
    assert train(wing, whole, "--train_steps=5", *model) == 0
    assert result(wing, run_dir, 5) == result(wing, whole, 5)
    assert call(wing + ".sample", "--run_dir=" + run_dir, "--output=" + output,
                "--scale=1") == 0
    assert capfd.readouterr().err == ""
    assert read(output) == read(run_dir, "samples", "step_00000005.png")
    with Image.open(output) as image:
        assert (image.mode, image.size) == ("RGB", (8 * 66 - 2, 8 * 66 - 2))


@pytest.mark.skipif("modern" not in WINGS, reason="Keras 3 needs a later Python")
@pytest.mark.parametrize("mode", MODES)
def test_a_run_with_keras_own_optimizers_resumes_and_is_sampled(mode, tmp_path, capfd):
    run_dir, output = str(tmp_path / "run"), str(tmp_path / "grid.png")
    for steps in (20, 40):
        assert train("modern", run_dir, "--stock_optimizers", "--train_steps={}".format(steps),
                     *mode, *VAE) == 0
    assert call("modern.sample", "--run_dir=" + run_dir, "--output=" + output,
                "--scale=1") == 0
    assert capfd.readouterr().err == ""
    assert read(output) == read(run_dir, "samples", "step_00000040.png")
