"""Losses that race with the update are computed before it."""

import numpy as np
import pytest

from parity.reference import losses_first
from parity.reference import orders
from parity.reference import recording


def test_what_only_the_loss_reads_comes_before_the_update(captured_program):
    (variable, first, second), = losses_first.order(captured_program("racing")).edges
    assert variable == "kernel" and first.startswith("MatMul")
    assert second.endswith("ApplyGradientDescent")


def test_without_such_a_race_nothing_is_ordered(captured_program):
    for name in ("regression", "recurrent"):
        assert losses_first.order(captured_program(name)) == orders.AS_CHOSEN


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_recorded_loss_is_that_of_the_state_before_the_step(captured_program, tmp_path, dtype):
    out = str(tmp_path / "steps.npz")
    recording.record({"captured": captured_program("racing").path, "dtype": dtype,
                     "steps": [0, 1, 2], "out": out})
    with np.load(out) as found:
        for step in range(3):
            expected = np.mean(found[f"input/{step}/0/x:0"].astype(np.float64)
                               @ found[f"before/{step}/kernel"])
            np.testing.assert_allclose(found[f"loss/{step}/0/loss:0"], expected, rtol=1e-5)
