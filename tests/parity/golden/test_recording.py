"""Programs of which no golden file can be made are refused in one line; lost steps are said."""

from types import SimpleNamespace

import numpy as np
import pytest

from parity import command_line
from parity.golden import recording
from parity.pair import captures
from parity.pair.config import PairConfig


class Recorder:
    """The recorder of a reference, as far as it is asked; `told` is its answer to "sample"."""

    def __init__(self, told, weight=0.5):
        self._told, self._weight = told, weight

    def __call__(self, job, out="", steps=(), dtype="", **unused):
        if job == "describe":
            return {"steps": 3, "forward": False}
        if job == "sample":
            np.savez(out, **{f"before/{step}/w": np.full(20, 0.5) for step in self._told["steps"]})
            return self._told
        np.savez(out, **({f"after/{step}/w": np.full(20, self._weight if step else 0.5, dtype)
                          for step in steps} if job == "retake" else {}))
        return {"draws": {}, "unexercised": []}


@pytest.fixture(name="recorded")
def fixture_recorded(monkeypatch, tmp_path):
    """Function (what the recorder tells, the weight after the second step) to a `Recording`."""
    monkeypatch.setattr(captures, "is_capture", lambda path: True)
    monkeypatch.setattr(recording, "split", lambda found: [])

    def record(told, weight=0.5):
        with recording.Recording(PairConfig("captured", "port.py:build"), SimpleNamespace(turn=0),
                                 str(tmp_path), Recorder(told, weight)) as made:
            return made
    return record


@pytest.mark.parametrize("told", [
    {"steps": [0, 1], "hidden": True}, {"steps": [], "hidden": False}])
def test_draws_in_loops_and_lost_inputs_are_refused(recorded, told):
    with pytest.raises(command_line.UsageError, match="whose loops draw nothing"):
        recorded(told)


def test_steps_that_the_capture_does_not_hold_are_said(recorded):
    made = recorded({"steps": [0], "hidden": False})
    assert made.steps == [0] and "step 1 was left out: the capture" in made.left_out[0]
    assert recorded({"steps": [0, 1], "hidden": False}).left_out == []


def test_steps_that_are_not_finite_are_left_out_and_said(recorded):
    made = recorded({"steps": [0, 1], "hidden": False}, weight=np.nan)
    assert made.steps == [0] and set(made.said) == {"before/0/w"}
    assert "step 1 was left out: from numbers that are drawn" in made.left_out[0]
