"""Free runs: how far they are apart, and the steps from which a port departs."""

import numpy as np
import pytest

from parity.pair import free_runs
from parity.pair import transforms
from parity.pair.rows import Row

ROUNDING = [0.0, 1e-15, 2e-15, 2e-15, 3e-15, 4e-15]


ROWS = [Row("w", "a/kernel", transforms.UNCHANGED, "name")]


def distances(reference, port, nudged=None, rows=None):
    """The `Distances` of one variable; nudged, the reference goes the same way if not given."""
    return free_runs.distances(
        {"entries/w": reference}, {"entries/a/kernel": port}, rows or ROWS,
        lambda: {"entries/w": reference if nudged is None else nudged})


def test_distances_are_parts_of_the_way_that_the_reference_went():
    way = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    found = distances(way, way + np.array([[0.0, 0.0], [0.0, 0.5], [1.0, 0.0]]),
                      way + np.array([[0.0], [0.0], [1e-3]]))
    np.testing.assert_allclose(found.port, [0.0, 0.1, 0.1])
    np.testing.assert_allclose(found.floor, [0.0, 0.0, np.sqrt(2) * 1e-4])


@pytest.mark.parametrize("off, asked", [(0.0, 0), (1e-10, 0), (1e-8, 1)])
def test_the_reference_is_nudged_only_where_the_port_leaves_rounding(off, asked):
    way, calls = np.array([[0.0], [1.0], [2.0]]), []

    def nudged():
        calls.append("nudged")
        return {"entries/w": way * (1 + 1e-15)}

    found = free_runs.distances({"entries/w": way}, {"entries/a/kernel": way * (1 + off)}, ROWS,
                                nudged)
    assert len(calls) == asked and bool(found.floor) == bool(asked)
    assert free_runs.departures(found, [0]) == []


def test_where_every_variable_is_in_another_order_nothing_is_compared():
    way = np.array([[0.0], [1.0]])
    rows = [Row("w", "a/kernel", transforms.part(0, 0, 1), "name")]
    assert distances(way, 2 * way, rows=rows) is None


def test_variables_that_a_side_does_not_hold_are_left_out():
    way = np.array([[0.0], [1.0]])
    rows = [*ROWS, Row("n", "a/count", transforms.UNCHANGED, "name")]
    assert distances(way, 1.5 * way, rows=rows).port == [0.0, 0.5]
    assert distances(way, way, rows=rows[1:]) is None


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_port_that_stops_being_finite_departs_there(broken):
    way = np.arange(6.0)[:, np.newaxis]
    port = way.copy()
    port[4:] = broken
    found = distances(way, port)
    assert found.port == [0.0, 0.0, 0.0, 0.0, np.inf, np.inf]
    assert free_runs.departures(found, [0, 1, 2]) == [3]


def test_a_port_that_moves_where_the_reference_rests_departs():
    rest = np.zeros((3, 1))
    found = distances(rest, np.array([[0.0], [0.0], [1.0]]))
    assert found.port == [0.0, 0.0, np.inf]


@pytest.mark.parametrize("port,compared,expected", [
    (ROUNDING, [0, 1, 2], []),
    ([0.0, 1e-15, 2e-15, 2e-15, 1e-3, 1e-3], [0, 1, 2], [3]),
    ([0.0, 1e-15, 2e-15, 2e-15, 1e-3, 1e-3], [0, 1, 2, 3], []),  # compared, and judged, already
    ([0.0, 1e-8, 2e-8, 2e-8, 3e-8, 4e-8], [0, 1, 2], []),  # constants, which drift evenly
    ([0.0, 1e-8, 1e-4, 2e-2, 9e-1, 9e-1], [0], [1, 2, 3]),
    ([0.0, 0.0, 0.0, 0.0, 1e-12, 1e-12], [0, 1, 2], [])])  # rounding that shows late
def test_departures_are_steps_in_which_the_distance_jumps(port, compared, expected):
    found = free_runs.departures(free_runs.Distances(port, ROUNDING), compared)
    assert sorted(found) == expected


def test_what_nudges_cause_as_well_is_no_departure():
    chaos = [0.0, 1e-15, 2e-15, 2e-15, 1e-4, 1e-3]  # an update of rounding divided by rounding
    port = [0.0, 1e-14, 2e-14, 2e-14, 1e-3, 1e-2]
    assert free_runs.departures(free_runs.Distances(port, chaos), [0, 1, 2]) == []


def test_the_greatest_jumps_come_first_and_are_three_at_most():
    port = [0.0, 1e-15, 1e-8, 1e-6, 1e-2, 1e3, 1e5]
    floor = ROUNDING + [5e-15]
    assert free_runs.departures(free_runs.Distances(port, floor), [0]) == [1, 4, 3]


def test_a_jump_from_within_rounding_that_no_compared_step_shows_is_a_finding():
    found = free_runs.Distances([0.0, 1e-15, 2e-15, 1e-4, 2e-4], [0.0, 1e-16, 2e-16, 3e-16, 4e-16])
    finding, = free_runs.unexplained(found, "float64")
    assert (finding.rung, finding.verdict, finding.step, finding.relative) == (
        8, "different", 2, 1e-4)
    assert "from step 2 on a free run leaves the reference's by 1.0e-04" in finding.note
    assert list(free_runs.unexplained(found, "float32")) == []


@pytest.mark.parametrize("port", [
    ROUNDING,
    [0.0, 1e-10, 2e-10, 1e-4, 2e-4],  # from there a unit may lie between two sides of a kink
    [0.0, 1e-9, 1e-8, 1e-7, 1e-6]])   # as the reference itself goes when it is nudged
def test_what_rounding_or_a_kink_makes_of_a_free_run_is_none(port):
    floor = [0.0, 1e-16, 1e-15, 1e-14, 1e-13, 1e-12]
    assert list(free_runs.unexplained(free_runs.Distances(port, floor), "float64")) == []


def test_entries_are_asked_for_of_variables_that_the_port_holds_as_they_are():
    rows = [*ROWS, Row("v", "b/kernel", transforms.part(0, 0, 1), "name")]
    assert free_runs.names(rows) == ["w"]


def test_losses_of_both_sides_are_paired_by_value_and_keep_their_sides():
    reference = {"losses/0/d:0": np.array([1.0, 0.5]), "losses/1/g:0": np.array([3.0, 2.0]),
                 "entries/w": np.zeros(2)}
    port = {"losses/g_loss": np.array([3.0, 2.5]), "losses/d_loss": np.array([1.0, 0.75]),
            "entries/w": np.array([1.0, 0.5])}
    assert free_runs.losses(reference, port) == {
        "d:0 of phase 1": ([1.0, 0.5], [1.0, 0.75]), "g:0 of phase 2": ([3.0, 2.0], [3.0, 2.5])}
    assert free_runs.losses(reference, {"entries/w": np.zeros(2)}) == {}
