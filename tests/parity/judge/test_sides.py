"""Two traces of one precision: what trains what, in which phase, and what is allowed."""

import numpy as np
import pytest

from parity.judge.compared import NoiseFloor
from parity.judge.sides import CONSTANTS, Sides
from parity.pair import variables

REFERENCE = {
    "gradient/3/2/a": np.array([0.5, -4.0]), "gradient/3/0/a": np.array([1.0, 2.0]),
    "gradient/3/0/b": np.array([-3.0]), "gradient/5/1/c": np.array([9.0]),
    "after/3/a": np.array([2.0, 0.0]), "stored_after/3/a": np.array([6.0, 0.0]),
    "powers_after/3/a": np.array([2.5, 0.0]), "after/3/b": np.array([1.0]),
    "allowed_after/3/b": np.float64(0.125), "stored_after/3/b": np.array([7.0]),
    "noise_after/3/b": np.float64(0.25), "after/3/c": np.array([1.0]),
    "allowed_after/3/c": np.float64(0.125)}


@pytest.fixture(name="sides")
def fixture_sides():
    return Sides(REFERENCE, {}, variables.Pairing([], [], []), [], (3, 5), {}, ["a", "c", "d"])


def test_a_variable_is_of_the_first_phase_that_trains_it(sides):
    assert (sides.first_step, sides.first_phase("a"), sides.first_phase("b")) == (3, 0, 0)
    assert [sides.trains(name) for name in "abcd"] == [True, True, False, False]
    only_later = Sides({"gradient/3/2/a": np.ones(1)}, {}, variables.Pairing([], [], []), [],
                       (3,), {})
    assert only_later.first_phase("a") == 2 and only_later.first_phase("x") == 0


def test_what_is_trained_without_a_gradient_is_hidden(sides):
    assert sides.hidden == {"c", "d"}


def test_the_largest_gradient_is_that_of_its_step_and_phase(sides):
    assert [sides.largest_gradient(*place) for place in ((3, 0), (3, 2), (5, 1), (3, 0))] == [
        3.0, 4.0, 9.0, 3.0]


def test_a_floor_is_the_largest_of_the_variants_as_a_part_of_the_reference(sides):
    assert sides.noise_floor("after/3/a") == NoiseFloor(0.0, 2.0)
    assert sides.noise_floor(
        "after/3/a", lambda value: value, np.array([1.0, 0.0])).constants == 4.0
    assert sides.noise_floor("after/3/a", lambda value: value + 6).constants == pytest.approx(0.4)
    assert sides.noise_floor("gradient/3/0/a") == NoiseFloor(0.0, 0.0)


def test_what_was_measured_is_part_of_a_floor(sides):
    assert sides.noise_floor("after/3/b") == NoiseFloor(0.25, 6.0)
    assert sides.noise_floor("after/3/c") == NoiseFloor(0.0, 0.125)


@pytest.mark.parametrize("variant", CONSTANTS)
def test_each_variant_of_constants_counts(variant):
    reference = {"after/3/a": np.array([2.0]), f"{variant}_after/3/a": np.array([3.0])}
    assert Sides(reference, {}, variables.Pairing([], [], []), [], (3,), {}).noise_floor(
        "after/3/a") == NoiseFloor(0.0, 0.5)


def test_what_is_computed_in_float32_rounds_like_constants():
    reference = {"after/3/a": np.array([2.0]), "islands": np.array(1)}
    assert Sides(reference, {}, variables.Pairing([], [], []), [], (3,), {}).noise_floor(
        "after/3/a") == NoiseFloor(0.0, 2.0 ** -23, 2.0 ** -23)
