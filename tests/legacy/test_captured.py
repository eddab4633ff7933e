"""The wing's own training captured as it is: in parity mode the replay gives every bit of it."""

import os

import numpy as np
import pytest

from groundwork import models
from parity import capture as command
from parity.reference.captured import Captured
from parity.reference.replay import Replay
from tests.captures import Captures

STEPS = 2


@pytest.fixture(name="capture", scope="module")
def fixture_capture(repository, tmp_path_factory):
    with Captures(repository, tmp_path_factory.mktemp("captures")) as started:
        yield started


def captured_training(capture, folder, model, *flags):
    """The `Captured` of a run of `legacy.train`."""
    ended = capture("--steps={}".format(STEPS), "--", "-m", "legacy.train", "--model=" + model,
                    "--train_steps=20", "--batch_size=4", "--run_dir=run", *flags, cwd=folder)
    assert ended.status == 0, ended.err
    return Captured(os.path.join(str(folder), "captured"))


# By every test run; loops are replayed in tests/parity/reference/test_loops.py.
QUICK = ("mlp_gan",)


@pytest.mark.parametrize("model", [pytest.param(
    model, marks=() if model in QUICK else pytest.mark.slow) for model in sorted(models.MODELS)])
def test_a_replay_is_bit_for_bit_the_run_in_parity_mode(repository, capture, tmp_path, model):
    found = captured_training(capture, tmp_path, model, "--parity_mode")
    assert found.header["steps"] == STEPS
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "replay_bits.py")
    ended = capture(repository, found.path, script=script)
    assert ended.status == 0 and ended.out.startswith("equal: "), ended.err


def test_a_replay_is_the_run_to_rounding_without_parity_mode(capture, tmp_path):
    found = captured_training(capture, tmp_path, "vae")
    replay, errors = Replay(found), []
    for update in replay.updates():
        errors += [command.relative_change(update.after[name], value, update.before[name])
                   for name, value in update.call.after().items() if name in update.call.writes]
    replay.close()
    assert len(errors) > 60
    assert np.median(errors) < 1e-6
    assert max(errors) < 1e-3
