"""Tests that a run survives what happens to runs: kills, damaged files, a second start, NaN."""

import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from absl import logging
from absl.testing import flagsaver
import numpy as np
from PIL import Image
import pytest

from groundwork import commands

WINGS = ("legacy", "modern") if sys.version_info >= (3, 11) else ("legacy",)
CHECKPOINT = {"legacy": "model.ckpt-{}", "modern": "ckpt-{}"}
GAN = ["--model=mlp_gan", "--train_steps=300", "--checkpoint_every=100"]
VAE = ["--model=vae", "--checkpoint_every=20"]


@pytest.fixture(name="warnings")
def fixture_warnings(monkeypatch):
    lines = []
    monkeypatch.setattr(logging, "warning", lambda text, *values: lines.append(text % values))
    return lines


def call(program, *arguments):
    """Runs a binary in this process; flags are defined at its import, and only until its end."""
    with flagsaver.flagsaver():
        sys.modules.pop(program, None)
        module = importlib.import_module(program)
        try:
            return commands.run(program, module.__doc__, module.main, [program] + list(arguments))
        finally:
            sys.modules.pop(program)


def train(wing, run_dir, *arguments):
    return call(wing + ".train", "--run_dir=" + run_dir, *arguments)


def start(wing, run_dir, repository):
    return subprocess.Popen([sys.executable, "-m", wing + ".train", "--run_dir=" + run_dir] + GAN,
                            cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process):
    """Waits for a process that must succeed; the lines of its stdout."""
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, b"")
    return out.decode().splitlines()


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def result(wing, run_dir, step):
    """What two equal runs have equal: checkpoint, metrics and samples, byte for byte."""
    name = os.path.join("checkpoints", CHECKPOINT[wing].format(step))
    names = [name + ".index", name + ".data-00000-of-00001", "metrics.csv", "DONE",
             "samples/step_{:08d}.png".format(step)]
    return {name: read(run_dir, name) for name in names}


def stop_at_first_checkpoint(process, wing, run_dir):
    """Stops a process, so that it can be looked at, as soon as a restart can resume."""
    path = os.path.join(run_dir, "checkpoints", CHECKPOINT[wing].format(100) + ".index")
    deadline = time.monotonic() + 60
    while not os.path.exists(path):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.002)
    process.send_signal(signal.SIGSTOP)


@pytest.fixture(name="uninterrupted", scope="module")
def fixture_uninterrupted(tmp_path_factory, repository):
    """`{wing: (run directory, lines of stdout)}` of runs that nothing happened to."""
    folders = {wing: str(tmp_path_factory.mktemp(wing) / "run") for wing in WINGS}
    processes = {wing: start(wing, folders[wing], repository) for wing in WINGS}
    return {wing: (folders[wing], finish(processes[wing])) for wing in WINGS}


@pytest.mark.parametrize("wing", WINGS)
def test_a_killed_run_ends_where_an_uninterrupted_one_ends(
        wing, uninterrupted, tmp_path, repository, capfd):
    run_dir = str(tmp_path / "run")
    killed = start(wing, run_dir, repository)
    try:
        stop_at_first_checkpoint(killed, wing, run_dir)
        assert train(wing, run_dir, *GAN) == 64
    finally:
        killed.kill()
        killed.communicate()
    assert capfd.readouterr() == ("", "{}.train: --run_dir={}: in use by process {}\n".format(
        wing, run_dir, killed.pid))
    assert not os.path.exists(os.path.join(run_dir, "DONE"))
    assert not os.path.exists(
        os.path.join(run_dir, "checkpoints", CHECKPOINT[wing].format(300) + ".index"))

    lines = finish(start(wing, run_dir, repository))
    expected_dir, expected_lines = uninterrupted[wing]
    assert re.match("step +(101|201)/300 ", lines[0])
    assert re.match("step +1/300 ", expected_lines[0])
    assert result(wing, run_dir, 300) == result(wing, expected_dir, 300)


@pytest.mark.parametrize("wing", WINGS)
def test_a_finished_run_that_is_started_again_does_nothing(wing, uninterrupted, capfd):
    run_dir, _ = uninterrupted[wing]
    before = {name: os.stat(os.path.join(run_dir, "checkpoints", name)).st_mtime_ns
              for name in os.listdir(os.path.join(run_dir, "checkpoints"))}
    expected = result(wing, run_dir, 300)
    assert train(wing, run_dir, *GAN) == 0
    assert capfd.readouterr() == ("", "")
    assert result(wing, run_dir, 300) == expected
    assert before == {name: os.stat(os.path.join(run_dir, "checkpoints", name)).st_mtime_ns
                      for name in os.listdir(os.path.join(run_dir, "checkpoints"))}


@pytest.fixture(name="vae", scope="module", params=WINGS)
def fixture_vae(request, tmp_path_factory):
    """The wing, and the folder of its VAE runs: 60 steps, and 120 steps at a stretch."""
    folder = tmp_path_factory.mktemp("vae_" + request.param)
    assert train(request.param, str(folder / "60"), "--train_steps=60", *VAE) == 0
    assert train(request.param, str(folder / "120"), "--train_steps=120", *VAE) == 0
    return request.param, folder


def copy(folder, steps, tmp_path):
    return shutil.copytree(str(folder / steps), str(tmp_path / "run"))


def finite_checkpoints(wing, run_dir):
    """Steps of the checkpoints, after looking at every number in them."""
    import tensorflow as tf

    folder = os.path.join(run_dir, "checkpoints")
    pattern = re.escape(CHECKPOINT[wing]).replace(r"\{\}", r"(\d+)") + r"\.index"
    steps = sorted(int(match.group(1)) for match in
                   (re.match(pattern, name) for name in os.listdir(folder)) if match)
    for step in steps:
        reader = tf.train.load_checkpoint(os.path.join(folder, CHECKPOINT[wing].format(step)))
        names = reader.get_variable_to_shape_map()
        values = [np.asarray(reader.get_tensor(name)) for name in names]
        numbers = [each for each in values if np.issubdtype(each.dtype, np.number)]
        assert sum(each.size for each in numbers) > 200000
        assert all(np.isfinite(each).all() for each in numbers)
    return steps


def truncate(path, size):
    assert size < os.path.getsize(path)
    with open(path, "r+b") as file:
        file.truncate(size)


def test_an_extended_run_equals_one_that_was_longer_from_the_start(vae, tmp_path):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    assert result(wing, run_dir, 60)["DONE"] == b'{\n  "step": 60\n}\n'
    assert train(wing, run_dir, "--train_steps=120", *VAE) == 0
    assert result(wing, run_dir, 120) == result(wing, str(folder / "120"), 120)
    assert finite_checkpoints(wing, run_dir) == [80, 100, 120]


PLATEAU = ["--model=mlp_gan", "--batch_size=16", "--schedule=plateau", "--decay_steps=6",
           "--patience=1", "--checkpoint_every=20"]


def plateau_state(wing, run_dir, step):
    """`{loss: {name: value}}` of what the schedules have seen, from a checkpoint."""
    import tensorflow as tf

    pattern = {"legacy": r"train/(\w+)/plateau/(\w+)", "modern": r"(\w+)_optimizer/plateau_(\w+)"}
    reader = tf.train.load_checkpoint(
        os.path.join(run_dir, "checkpoints", CHECKPOINT[wing].format(step)))
    state = {}
    for key in reader.get_variable_to_shape_map():
        match = re.match(pattern[wing], key.replace(".S", "/"))
        if match:
            loss, name = match.groups()
            state.setdefault(loss, {})[name] = reader.get_tensor(key)
    return state


@pytest.mark.parametrize("wing", WINGS)
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


TOOLS = ["--model=dense_gan", "--batch_size=8", "--schedule=plateau", "--decay_steps=3",
         "--patience=1", "--accumulate_steps=2", "--ema_decay=0.9", "--gradient_clip_norm=0.5",
         "--l2=0.01", "--label_smoothing=0.1", "--checkpoint_every=10"]


@pytest.mark.parametrize("wing", WINGS)
def test_a_resumed_run_remembers_averages_and_is_sampled_with_them(wing, tmp_path):
    import tensorflow as tf

    whole, halves, output = [str(tmp_path / name) for name in ("whole", "halves", "densities.png")]
    assert train(wing, whole, "--train_steps=25", *TOOLS) == 0
    for steps in (10, 25):
        assert train(wing, halves, "--train_steps={}".format(steps), *TOOLS) == 0
    assert result(wing, halves, 25) == result(wing, whole, 25)
    reader = tf.train.load_checkpoint(
        os.path.join(halves, "checkpoints", CHECKPOINT[wing].format(25)))
    names = {key.replace(".S", "/").split("/.ATTRIBUTES")[0]: key
             for key in reader.get_variable_to_shape_map()}
    averages = [name for name in names if name.endswith("/average")]
    assert len(averages) == 8
    for name in averages:
        weights = reader.get_tensor(names[name[len("train/"):-len("/average")]])
        assert np.any(reader.get_tensor(names[name]) != weights)
    assert not [name for name in names if "sum_" in name]  # sums end with their step
    assert call(wing + ".sample", "--run_dir=" + halves, "--output=" + output) == 0
    assert read(output) != b""


def test_a_copied_run_leaves_the_one_that_it_was_copied_from_alone(vae, tmp_path):
    wing, folder = vae
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


@pytest.mark.parametrize("content", [None, b"", b"garbage"])
def test_the_savers_list_of_checkpoints_is_not_needed(tmp_path, uninterrupted, content, capfd):
    run_dir = str(tmp_path / "run")
    shutil.copytree(uninterrupted["legacy"][0], run_dir)
    path = os.path.join(run_dir, "checkpoints", "checkpoint")
    os.remove(path)
    if content is not None:
        with open(path, "wb") as file:
            file.write(content)
    assert train("legacy", run_dir, *GAN) == 0
    assert capfd.readouterr() == ("", "")
    assert result("legacy", run_dir, 300) == result("legacy", uninterrupted["legacy"][0], 300)


@pytest.mark.parametrize("suffix,size", [(".data-00000-of-00001", 100000), (".index", 0)])
def test_a_truncated_checkpoint_falls_back_to_the_one_before(vae, tmp_path, warnings, capfd,
                                                             suffix, size):
    wing, folder = vae
    run_dir = copy(folder, "120", tmp_path)
    newest = os.path.join(run_dir, "checkpoints", CHECKPOINT[wing].format(120))
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
        truncate(os.path.join(checkpoints, CHECKPOINT[wing].format(step))
                 + ".data-00000-of-00001", 1000)
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


def test_samples_of_a_run_are_those_that_training_wrote(vae, tmp_path, capfd):
    wing, folder = vae
    output = str(tmp_path / "grid.png")
    assert call(wing + ".sample", "--run_dir={}".format(folder / "60"), "--output=" + output) == 0
    assert capfd.readouterr() == (output + ": 64 images\n", "")
    assert read(output) == read(str(folder / "60"), "samples", "step_00000060.png")


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


def test_other_intervals_do_not_change_what_is_trained(vae, tmp_path):
    wing, folder = vae
    run_dir = str(tmp_path / "run")
    for steps in (37, 60):
        assert train(wing, run_dir, "--model=vae", "--checkpoint_every=7", "--sample_every=11",
                     "--summary_every=4", "--train_steps={}".format(steps)) == 0
    assert result(wing, run_dir, 60) == result(wing, str(folder / "60"), 60)


@pytest.mark.parametrize("wing", WINGS)
def test_a_loss_that_is_not_finite_stops_the_run(wing, tmp_path, capfd):
    run_dir = str(tmp_path / "run")
    assert train(wing, run_dir, "--model=vae", "--optimizer=sgd", "--learning_rate=0.01",
                 "--checkpoint_every=1", "--train_steps=50", "--log_every=1") == 70
    _, err = capfd.readouterr()
    assert re.match(r"{}\.train: step 4, phase vae: loss/vae is inf; expected a finite loss, "
                    r"stopped with the last good checkpoint kept\n$".format(wing), err)
    assert finite_checkpoints(wing, run_dir) == [1, 2, 3]
    rows = read(run_dir, "metrics.csv").decode().splitlines()
    assert [row.split(",")[0] for row in rows] == ["step", "1", "2", "3"]
    assert not os.path.exists(os.path.join(run_dir, "DONE"))


@pytest.mark.parametrize("wing", WINGS)
def test_the_phase_that_diverged_is_named(wing, tmp_path, capfd):
    assert train(wing, str(tmp_path / "run"), "--model=bgd_gan", "--learning_rate=1000",
                 "--batch_size=64", "--train_steps=50") == 70
    assert re.match(r"{}\.train: step 3, phase generator: loss/generator is nan; expected a "
                    r"finite loss, .*\n$".format(wing), capfd.readouterr().err)


@pytest.mark.parametrize("wing", WINGS)
def test_weights_that_are_not_finite_are_not_saved(wing, tmp_path, capfd):
    run_dir = str(tmp_path / "run")
    assert train(wing, run_dir, "--model=vae", "--optimizer=sgd", "--learning_rate=1e38",
                 "--checkpoint_every=1", "--train_steps=50") == 70
    assert re.match(r"{}\.train: step 1: \S+ is not finite; expected finite weights, stopped with "
                    r"the last good checkpoint kept\n$".format(wing), capfd.readouterr().err)
    assert finite_checkpoints(wing, run_dir) == []


@pytest.mark.parametrize("wing", WINGS)
def test_samples_that_are_not_finite_stop_the_run(wing, tmp_path, capfd):
    run_dir = str(tmp_path / "run")
    assert train(wing, run_dir, "--model=vae", "--optimizer=sgd", "--learning_rate=1e20",
                 "--sample_every=1", "--train_steps=50") == 70
    assert capfd.readouterr().err == (
        "{}.train: step 1: samples are not finite; expected finite images, stopped with the last "
        "good checkpoint kept\n".format(wing))
    assert os.listdir(os.path.join(run_dir, "samples")) == []


@pytest.mark.skipif("modern" not in WINGS, reason="Keras 3 needs a later Python")
def test_a_run_with_keras_own_optimizers_resumes_and_is_sampled(tmp_path, capfd):
    run_dir, output = str(tmp_path / "run"), str(tmp_path / "grid.png")
    for steps in (20, 40):
        assert train("modern", run_dir, "--stock_optimizers", "--train_steps={}".format(steps),
                     *VAE) == 0
    assert call("modern.sample", "--run_dir=" + run_dir, "--output=" + output) == 0
    assert capfd.readouterr().err == ""
    assert read(output) == read(run_dir, "samples", "step_00000040.png")


@pytest.mark.parametrize("wing", WINGS)
def test_a_run_with_batch_norm_and_dropout_resumes_where_an_uninterrupted_one_goes_on(
        wing, tmp_path, capfd):
    model = ["--model=dcgan", "--batch_size=4", "--checkpoint_every=2", "--log_every=1"]
    run_dir, whole, output = [str(tmp_path / name) for name in ("run", "whole", "grid.png")]
    for steps in (3, 5):
        assert train(wing, run_dir, "--train_steps={}".format(steps), *model) == 0
    assert train(wing, whole, "--train_steps=5", *model) == 0
    assert result(wing, run_dir, 5) == result(wing, whole, 5)
    assert call(wing + ".sample", "--run_dir=" + run_dir, "--output=" + output) == 0
    assert capfd.readouterr().err == ""
    assert read(output) == read(run_dir, "samples", "step_00000005.png")
    with Image.open(output) as image:
        assert (image.mode, image.size) == ("RGB", (8 * 66 - 2, 8 * 66 - 2))
