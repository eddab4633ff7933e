"""A captured program's variables in a checkpoint, there and back, by the recorder's jobs."""

import numpy as np
import pytest

from parity import capture
from parity.reference import checkpoints
from parity.reference import steps


@pytest.fixture
def saved(captured_program, tmp_path):
    """(job fields, `{variable: array}`) of a state of a program that was saved."""
    captured = captured_program("recurrent")
    state = {name: value + 1 for name, value in steps.first_state(captured, np.asarray).items()}
    np.savez(tmp_path / "states.npz", **{"after/2/" + name: value for name, value in state.items()})
    job = {"captured": captured.path, "names": sorted(state),
           "checkpoint": str(tmp_path / "tf1.ckpt"), "out": str(tmp_path / "out.npz")}
    checkpoints.save(dict(job, states=str(tmp_path / "states.npz"), part="after/2"))
    return job, state


def test_a_state_comes_back_bit_for_bit(saved):
    job, state = saved
    checkpoints.restore(job)
    found = np.load(job["out"])
    assert sorted(found.files) == sorted(state) and len(state) > 3
    assert all(found[name].tobytes() == value.tobytes() for name, value in state.items())


def test_only_what_is_named_is_restored(saved):
    job, state = saved
    checkpoints.restore(dict(job, names=job["names"][:1]))
    assert np.load(job["out"]).files == job["names"][:1]


def test_a_checkpoint_without_a_variable_is_told_in_one_line(saved):
    job, state = saved
    checkpoints.save(dict(job, names=job["names"][1:], part="after/2",
                       states=job["out"].replace("out.npz", "states.npz")))
    with pytest.raises(capture.Failure, match="expected a checkpoint of .*" + job["names"][0]):
        checkpoints.restore(job)
