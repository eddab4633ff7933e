"""Racing accesses in the order of a port: reads first, and one write after the other."""

import numpy as np
import pytest

from parity.reference import call_races
from parity.reference import orders
from parity.reference import port_order
from parity.reference import recording
from tests.parity.reference import replayed


def test_what_only_the_loss_reads_comes_before_the_update(captured_program):
    (variable, first, second), = port_order.order(captured_program("racing")).edges
    assert variable == "kernel" and first.startswith("MatMul")
    assert second.endswith("ApplyGradientDescent")


def test_without_such_a_race_nothing_is_ordered(captured_program):
    for name in ("regression", "recurrent"):
        assert port_order.order(captured_program(name)) == orders.AS_CHOSEN


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
    edges = port_order.order(captured).edges
    assert {edge.variable for edge in edges} == {"count"}
    assert {edge.second for edge in edges} == {"AssignAddVariableOp"}
    assert port_order.read_first(captured) == ["count"]
    assert port_order.read_first(captured_program("racing")) == []


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


@pytest.fixture(name="recorded")
def fixture_recorded(tmp_path):
    """Function (captured, number of the order) to `{name: array}` of two steps in float64."""
    def record(captured, turn):
        port_order.take(turn)
        out = str(tmp_path / "steps.npz")
        recording.record({"captured": captured.path, "dtype": "float64", "steps": [0, 1],
                          "out": out})
        with np.load(out) as found:
            return dict(found)
    yield record
    port_order.take(0)


@pytest.mark.parametrize("turn, values", [(0, (1.0, 10.0)), (1, (10.0, 1.0))])
def test_writes_come_one_after_the_other(captured_program, recorded, turn, values):
    captured = captured_program("writes_twice")
    assert len(port_order.all_of(captured)) == 2
    found = recorded(captured, turn)
    for step in (0, 1):
        average = found[f"before/{step}/average"]
        for value in values:
            average = 0.5 * average + value
        assert found[f"after/{step}/average"] == average


def test_only_up_to_three_writes_are_settled(captured_program):
    assert port_order.written_in_turn(captured_program("writes_twice")) == ["average"]
    assert port_order.unsettled(captured_program("writes_twice")) == []
    assert port_order.written_in_turn(captured_program("writes_four_times")) == []
    assert port_order.unsettled(captured_program("writes_four_times")) == ["average"]


def test_a_call_that_runs_one_of_the_writes_alone_does_not_wait(captured_program, recorded):
    captured = captured_program("real_first")
    averages = ["discriminator/norm/moving_mean", "discriminator/norm/moving_variance"]
    assert len(port_order.all_of(captured)) == 4  # both may read first: moves are added up
    assert port_order.written_in_turn(captured) == averages
    first, second = captured.calls[:2]
    left_out = call_races.left_out(captured, port_order.order(captured))
    assert not left_out[call_races.kind(first)] and left_out[call_races.kind(second)]
    ends = [recorded(captured, turn)["after/0/" + averages[0]] for turn in (0, 1)]
    assert np.abs(ends[0] - ends[1]).max() > 1e-3
