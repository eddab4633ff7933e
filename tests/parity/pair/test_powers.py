"""Powers of betas as TensorFlow 1 multiplies them, and the updates that they tell."""

import numpy as np
import pytest

from parity.pair import powers


def multiplied(beta, updates, dtype=np.float32):
    """The power as a program's loop makes it."""
    found = dtype(beta)
    for _ in range(updates):
        found = found * dtype(beta)
    return found


@pytest.mark.parametrize("beta,updates", [(0.9, 0), (0.9, 50), (0.5, 7), (0.999, 20000)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_power_is_multiplied_up_in_its_precision(beta, updates, dtype):
    found = powers.power(updates, beta, dtype)
    assert (found.dtype, found.shape) == (dtype, ())
    assert found.tobytes() == multiplied(beta, updates, dtype).tobytes()


def test_what_is_no_normal_number_is_0_as_in_tensorflow():
    assert powers.power(827, 0.9, np.float32) >= np.finfo(np.float32).tiny
    assert powers.power(828, 0.9, np.float32) == 0
    assert powers.power(828, 0.9, np.float64) > 0


@pytest.mark.parametrize("updates", [0, 1, 3, 651])
def test_a_power_tells_its_number_of_updates(updates):
    assert powers.updates(multiplied(0.9, updates), 0.9) == updates


@pytest.mark.parametrize("beta,made", [(0.999, 68000), (0.9998, 320000)])
def test_a_power_tells_it_where_roundings_have_added_up_to_more_than_an_update(beta, made):
    power = multiplied(beta, made)
    assert round(float(np.log(power) / np.log(beta))) - 1 != made
    assert powers.updates(power, beta) == made


def test_a_power_before_the_first_update_tells_none():
    assert powers.updates(np.float32(1), 0.9) == 0
