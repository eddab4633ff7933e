"""Moving averages that keep another share, against NumPy."""

import numpy as np
import pytest

from parity.causes import averages
from parity.causes.place import Place
from parity.common import rungs
from tests.parity.causes.one_step import taken

_ASKED = {"rung": rungs.STATE, "phase": 0, "alike": [], "layers": [], "optimizer": {},
          "ratio": None, "batch": 8}


def _kept(captured, target, share):
    """The steps without and with a change to an average that keeps another share."""
    place = Place(captured, dict(_ASKED, target=target))
    change, = [each for each in averages.changes(place)
               if each.sentence.startswith("the moving average keeps {},".format(share))]
    return taken(captured), taken(captured, change.edits)


@pytest.mark.parametrize("group, program", [
    ("layers", "batch_norm_by_hand"),  # assigned
    ("layers", "batch_norm_of_rows")])  # subtracted
def test_one_move_in_a_step(capture, group, program):
    captured = capture(group, program)
    target, = [name for name in captured.variables if name.endswith("moving_mean")]
    right, other = _kept(captured, target, "0.999")
    before, decay = right.before[target], {"batch_norm_by_hand": 0.9}.get(program, 0.99)
    mean = (right.after[target] - decay * before) / (1.0 - decay)
    np.testing.assert_allclose(other.after[target], 0.999 * before + 0.001 * mean, atol=1e-12)


def test_three_moves_in_a_step(capture):
    captured = capture("two_batches", "real_first")
    target = "discriminator/norm/moving_mean"
    right, other = _kept(captured, target, "0.99")
    # Of the real batch, then of two generated ones, from an average of zero.
    assert not right.before[target].any()
    moved = [_three(right, share) for share in (0.9, 0.99)]
    np.testing.assert_allclose(right.after[target], moved[0], atol=1e-12)
    np.testing.assert_allclose(other.after[target], moved[1], atol=1e-12)


def _three(step, share):
    """The average of zero after the means of three batches, from the step's own arrays."""
    kernel, bias = (step.before["discriminator/hidden/" + leaf] for leaf in ("kernel", "bias"))
    fed = [phase.inputs for phase in step.phases]
    made = step.before["generator/hidden/kernel"], step.before["generator/hidden/bias"]
    out = step.before["generator/out/kernel"], step.before["generator/out/bias"]

    def fake(noise):
        return np.maximum(noise @ made[0] + made[1], 0.0) @ out[0] + out[1]
    first = [(batch @ kernel + bias).mean(0) for batch in (fed[0]["x:0"], fake(fed[0]["noise:0"]))]
    trained = [step.after["discriminator/hidden/" + leaf] for leaf in ("kernel", "bias")]
    second = (fake(fed[1]["noise:0"]) @ trained[0] + trained[1]).mean(0)
    average = np.zeros_like(second)
    for mean in (*first, second):
        average = share * average + (1.0 - share) * mean
    return average
