"""A changed step keeps the noise floors that were measured of the recorded one."""

import numpy as np
import pytest

from parity.judge import differences
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


@pytest.mark.parametrize("value", [[10.0, 24.0], [1.0, 1.0]])
def test_the_floor_of_constants_is_that_of_the_recording(value):
    """Also where the changed step moves nothing, of which any distance is infinitely large."""
    before = np.array([1.0, 1.0])
    recorded, made = (Sides(trace, {}, None, [], [0], {}).noise_floor(NAME, before=before)
                      for trace in (RECORDED, changed(value)))
    assert made == recorded
    np.testing.assert_allclose([made.rounding, made.constants], [1e-9, 1e-6], rtol=1e-6)


def test_where_the_recording_moves_nothing_a_rounded_rate_is_the_same():
    before = np.array([1.0, 1.0])
    still = {NAME: before, "noise_" + NAME: np.array(0.0), "stored_" + NAME: before}
    made = Sides(ChangedTrace({NAME: np.array([2.0, 2.0])}, still), {}, None, [], [0], {})
    floor = made.noise_floor(NAME, before=before)
    assert floor.constants == differences.FLOAT32_CONSTANT / 2
    assert Sides(still, {}, None, [], [0], {}).noise_floor(NAME, before=before).constants == 0.0
