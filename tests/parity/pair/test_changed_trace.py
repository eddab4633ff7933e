"""A changed step keeps the noise floors that were measured of the recorded one."""

import numpy as np

from parity.judge.sides import Sides
from parity.pair.changed_trace import ChangedTrace

NAME = "after/0/w"
RECORDED = {NAME: np.array([1.0, 2.0]), "stored_" + NAME: np.array([1.0, 2.0 + 1e-6]),
            "biased_" + NAME: np.array([3.0, 4.0]), "noise_" + NAME: np.array(1e-9),
            "after/0/other": np.array([5.0]), "stored_after/0/other": np.array([5.5])}


def changed(value):
    return ChangedTrace({NAME: np.array(value)}, RECORDED)


def test_changed_arrays_stand_in_the_place_of_recorded_ones():
    trace = changed([10.0, 20.0])
    np.testing.assert_array_equal(trace[NAME], [10.0, 20.0])
    np.testing.assert_array_equal(trace["after/0/other"], [5.0])
    assert set(trace) == set(RECORDED) - {"biased_" + NAME}


def test_a_variant_is_as_far_from_the_changed_array_as_it_was_from_the_recorded_one():
    trace = changed([10.0, 20.0])
    np.testing.assert_allclose(trace["stored_" + NAME], [10.0, 20.0 + 1e-6], rtol=1e-15)
    np.testing.assert_array_equal(trace["stored_after/0/other"], [5.5])


def test_the_floor_of_constants_is_that_of_the_recording_in_units_of_the_changed_move():
    trace = changed([10.0, 24.0])
    sides = Sides(trace, {}, None, [], [0], {})
    floor = sides.noise_floor(NAME, before=np.array([10.0, 20.0]))
    np.testing.assert_allclose([floor.rounding, floor.constants], [1e-9, 1e-6 / 4.0], rtol=1e-6)


def test_of_an_array_of_another_shape_there_is_no_variant():
    assert "stored_" + NAME not in changed([10.0])
