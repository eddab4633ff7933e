"""Distances of arrays, and what they are called."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge.compared import NoiseFloor
from parity.judge.differences import (
    CONSTANTS, DIFFERENT, IDENTICAL, INCONCLUSIVE, NOT_RUN, ROUNDING, Difference, float32_verdict,
    float64_verdict, measure)

INFINITE = Difference(False, float("inf"))


def apart(relative):
    return Difference(False, relative)


def test_equal_bytes_are_identical_in_any_memory_order():
    reference = np.arange(6.0).reshape(2, 3)
    assert measure(np.asfortranarray(reference), reference) == Difference(True, 0.0)


def test_equal_nans_are_identical():
    assert measure(np.array([1.0, np.nan]), np.array([1.0, np.nan])) == Difference(True, 0.0)


def test_zeros_of_other_sign_are_not_identical_but_no_distance_apart():
    assert measure(np.array([-0.0, 2.0]), np.array([0.0, 2.0])) == Difference(
        False, 0.0, within_ulp=True)


@pytest.mark.parametrize("port, reference", [
    ([np.nan, 1.0], [2.0, 1.0]), ([2.0, 1.0], [np.nan, 1.0]), ([np.inf, 1.0], [2.0, 1.0]),
    ([np.inf, 1.0], [np.inf, 2.0]), ([1e200, 1.0], [1e200, 2.0])])
def test_what_is_not_finite_is_infinitely_apart(port, reference):
    with np.errstate(all="ignore"):
        assert measure(np.array(port), np.array(reference)) == INFINITE


def test_another_dtype_or_shape_is_infinitely_apart():
    reference = np.ones(4, np.float32)
    assert measure(np.ones(4, np.float64), reference) == INFINITE
    assert measure(np.ones((2, 2), np.float32), reference) == INFINITE
    assert measure(np.ones(4, np.int32), np.ones(4, np.int64)) == INFINITE


def test_zero_reference_says_nothing_about_a_distance():
    assert measure(np.array([1e-30]), np.array([0.0])) == INFINITE
    assert measure(np.array([-0.0]), np.array([0.0])) == Difference(False, 0.0, within_ulp=True)


def test_distance_is_a_part_of_the_references_norm():
    assert measure(np.array([3.0, 4.5]), np.array([3.0, 4.0])) == Difference(False, 0.1)


def test_distance_of_updates_is_a_part_of_the_way_from_the_origin():
    origin = np.array([100.0, 100.0])
    gap = measure(np.array([100.0, 102.5]), np.array([100.0, 102.0]), origin)
    assert gap == Difference(False, 0.25)


def test_reference_that_did_not_move_says_nothing():
    start = np.array([1.0, 2.0])
    assert measure(np.array([1.0, 2.5]), start, start) == INFINITE
    with np.errstate(all="ignore"):
        assert measure(np.array([1.5]), np.array([1.0]), np.array([np.nan])) == INFINITE


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_update_below_the_last_place_of_what_is_stored_is_within_an_ulp(dtype):
    origin, ulp = np.full(3, 0.75, dtype), np.spacing(dtype(0.75))
    reference, one_less, three_less = origin + 2 * ulp, origin + ulp, origin - ulp
    gap = measure(one_less, reference, origin)
    assert gap == Difference(False, pytest.approx(0.5), within_ulp=True)
    assert float64_verdict(gap, NoiseFloor()) == float32_verdict(gap, ROUNDING, True) == ROUNDING
    gap = measure(three_less, reference, origin)
    assert gap == Difference(False, pytest.approx(1.5), within_ulp=False)
    assert float64_verdict(gap, NoiseFloor()) == float32_verdict(gap, ROUNDING, True) == DIFFERENT
    # The reference did not move, and the port did.
    assert measure(reference, one_less, one_less) == Difference(False, np.inf, within_ulp=True)


def test_float32_arrays_are_measured_in_float64():
    reference = np.full(2, 2e38, np.float32)
    port = np.nextafter(reference, np.float32(0))
    expected = (float(reference[0]) - float(port[0])) / float(reference[0])
    assert measure(port, reference).relative == pytest.approx(expected, rel=1e-12)


def test_integers_are_compared_by_value():
    assert measure(np.array([7]), np.array([7])).identical
    assert measure(np.array([8]), np.array([4])) == Difference(False, 1.0)


@pytest.mark.parametrize("verdicts, expected", [
    ([], NOT_RUN), ([NOT_RUN, IDENTICAL], IDENTICAL), ([IDENTICAL, ROUNDING], ROUNDING),
    ([CONSTANTS, ROUNDING], CONSTANTS), ([CONSTANTS, INCONCLUSIVE], INCONCLUSIVE),
    ([DIFFERENT, INCONCLUSIVE, NOT_RUN], DIFFERENT)])
def test_a_whole_is_as_good_as_its_worst_part(verdicts, expected):
    assert differences.worst(iter(verdicts)) == expected


@pytest.mark.parametrize("relative, rounding, constants, expected", [
    (0.0, 0.0, 0.0, ROUNDING),
    (1e-12, 0.0, 0.0, ROUNDING), (1.001e-12, 0.0, 0.0, DIFFERENT),
    (6.4e-9, 1e-10, 0.0, ROUNDING), (6.5e-9, 1e-10, 0.0, DIFFERENT),
    (1e-12, 1e-16, 0.0, ROUNDING),  # a small measured rounding does not tighten the bound
    (2e-6, 0.0, 1e-6, CONSTANTS), (2.001e-6, 0.0, 1e-6, DIFFERENT),
    (2e-7, 0.0, 1e-9, DIFFERENT),  # no constant makes as much, however small it is
    (float("inf"), 0.0, 0.0, DIFFERENT), (float("inf"), 1.0, 1.0, DIFFERENT),
    (float("nan"), 0.0, 0.0, DIFFERENT)])
def test_float64_verdict_at_its_bounds(relative, rounding, constants, expected):
    assert float64_verdict(apart(relative), NoiseFloor(rounding, constants)) == expected


def test_float64_bit_equality_is_identical():
    assert float64_verdict(Difference(True, 0.0), NoiseFloor(1.0, 1.0)) == IDENTICAL


@pytest.mark.parametrize("float64", differences.ORDER)
def test_float32_bit_equality_is_identical_whatever_float64_says(float64):
    assert float32_verdict(Difference(True, 0.0), float64, True) == IDENTICAL


@pytest.mark.parametrize("relative", [1e-9, 1e-3, 1.0, float("inf")])
@pytest.mark.parametrize("float64", [DIFFERENT, CONSTANTS])
@pytest.mark.parametrize("above_floor", [False, True])
def test_float32_inherits_what_float64_tells(relative, float64, above_floor):
    assert float32_verdict(apart(relative), float64, above_floor) == float64


@pytest.mark.parametrize("float64", [IDENTICAL, ROUNDING, INCONCLUSIVE, NOT_RUN])
@pytest.mark.parametrize("relative, above_floor, expected", [
    (1e-1, False, ROUNDING), (1e-9, True, DIFFERENT), (float("inf"), True, DIFFERENT)])
def test_float32_is_held_to_rounding_where_float64_agrees(float64, relative, above_floor, expected):
    assert float32_verdict(apart(relative), float64, above_floor) == expected


def test_float32_within_an_ulp_is_rounding_whatever_the_floor():
    assert float32_verdict(Difference(False, 1.0, True), ROUNDING, True) == ROUNDING
    assert float32_verdict(Difference(False, 1.0, True), DIFFERENT, True) == DIFFERENT
