"""Losses and counters that race with the update are read before it."""

import numpy as np
import pytest

from parity.reference import orders
from parity.reference import reads_first
from parity.reference import recording
from tests.parity.reference import replayed


def test_what_only_the_loss_reads_comes_before_the_update(captured_program):
    (variable, first, second), = reads_first.order(captured_program("racing")).edges
    assert variable == "kernel" and first.startswith("MatMul")
    assert second.endswith("ApplyGradientDescent")


def test_without_such_a_race_nothing_is_ordered(captured_program):
    for name in ("regression", "recurrent"):
        assert reads_first.order(captured_program(name)) == orders.AS_CHOSEN


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


def test_a_counter_is_read_before_it_is_raised(captured_program):
    captured = captured_program("counts_while_it_reads")
    edges = reads_first.order(captured).edges
    assert {edge.variable for edge in edges} == {"count"}
    assert {edge.second for edge in edges} == {"AssignAddVariableOp"}
    assert reads_first.variables(captured) == ["count"]
    assert reads_first.variables(captured_program("racing")) == []


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_update_is_recorded_with_the_counter_before_the_step(captured_program, tmp_path, dtype):
    out = str(tmp_path / "steps.npz")
    recording.record({"captured": captured_program("counts_while_it_reads").path, "dtype": dtype,
                      "steps": [0, 1, 2], "out": out})
    with np.load(out) as found:
        for step in range(3):
            count, w = found[f"before/{step}/count"], found[f"before/{step}/w"]
            assert count == step + 1 and found[f"after/{step}/count"] == step + 2
            expected = w - 0.001 * count * 2.0 * replayed.X.T @ (replayed.X @ w)
            np.testing.assert_allclose(found[f"after/{step}/w"], expected, rtol=1e-4)
