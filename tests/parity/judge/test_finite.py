"""A free run of the reference that is not finite is said, with the step from which it is not."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import finite

STEPS = 5


def arrays():
    return {"entries/w": np.ones((STEPS + 1, 3)), "entries/v": np.ones((STEPS + 1, 2)),
            "losses/0/loss:0": np.ones(STEPS), "before/0/w": np.full(3, np.nan)}


def test_a_finite_run_says_nothing():
    assert list(finite.found(arrays(), "float64")) == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name, place, tensor, step", [
    ("entries/w", (3, 1), "w", 2), ("entries/v", (0, 0), "v", 0),
    ("losses/0/loss:0", 4, "loss:0", 4)])
def test_the_first_step_that_is_not_finite_is_said(value, name, place, tensor, step):
    found = arrays()
    found[name][place] = value
    found["entries/w"][5] = np.nan  # later, or as late
    finding, = finite.found(found, "float64")
    assert (finding.rung, finding.dtype, finding.verdict) == (
        8, "float64", differences.INCONCLUSIVE)
    assert finding.step == step and finding.note.endswith(f"from step {step} on")
    assert finding.tensor == tensor or step == 4
