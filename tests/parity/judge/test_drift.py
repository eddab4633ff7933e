"""How far two runs have drifted apart, as a part of how far the reference moved."""

import numpy as np
import pytest

from parity.judge import drift

WAY = np.array([[0.0, 1.0], [3.0, 1.0], [3.0, 5.0]])  # it moves 3, then 5 away from its start


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_distance_is_a_part_of_the_way_of_each_step(dtype):
    port = WAY.astype(dtype) + np.array([[0, 0], [0.75, 0], [0, -0.5]], dtype)
    assert drift.distance({"w": WAY.astype(dtype)}, {"w": port}) == pytest.approx([0, 0.25, 0.1])


def test_variables_count_together():
    other = np.array([[0.0], [4.0], [12.0]])
    port = {"w": WAY + np.array([[0, 0], [3, 0], [0, 0]]), "v": other + np.array([[0], [4], [0]])}
    assert drift.distance({"w": WAY, "v": other}, port) == pytest.approx([0, 1, 0])


@pytest.mark.parametrize("missing", [{}, {"v": np.zeros((3, 7))}])
def test_what_the_port_lacks_or_holds_otherwise_says_nothing(missing):
    other = np.array([[0.0], [4.0], [12.0]])
    port = {"w": WAY + np.array([[0, 0], [3, 0], [0, 0]]), **missing}
    assert drift.distance({"v": other, "w": WAY}, port) == pytest.approx([0, 1, 0])


def test_equal_runs_are_nowhere_apart_even_where_nothing_moves():
    assert drift.distance({"w": np.ones((3, 2))}, {"w": np.ones((3, 2))}) == [0, 0, 0]
    assert drift.distance({}, {}) == [0]


def test_away_from_a_reference_that_rests_or_is_no_number_is_infinitely_far():
    rest, broken = np.zeros((3, 1)), WAY.copy()
    broken[1:] = np.nan
    assert drift.distance({"w": rest}, {"w": np.array([[0.0], [0.0], [1.0]])}) == [0, 0, np.inf]
    assert drift.distance({"w": WAY}, {"w": broken}) == [0, np.inf, np.inf]


def test_float32_is_measured_in_float64():
    reference = np.array([[0.0], [1e30]], np.float32)
    assert drift.distance({"w": reference}, {"w": 2 * reference}) == pytest.approx([0, 1])
