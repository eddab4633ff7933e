"""Layouts there and back: what a port's arrays hold of a variable is put where it was."""

import numpy as np
import pytest

from parity.pair import transforms

UNITS, INPUTS = 3, 2
GATES = {"LSTM cell": 4, "GRU cell": 3, "RNN cell": 1}


def numbers(*shape):
    return np.random.RandomState(1).standard_normal(shape).astype(np.float32)


def back(whole, *made, slots=False):
    """A variable put together from what each `Transform` makes of it."""
    found = np.full(whole.shape, np.nan, whole.dtype)
    for each in made:
        take, put = (each.change, each.put_change) if slots else (each.state, each.put_state)
        put(take(whole), found)
    return found


@pytest.mark.parametrize("shape,made", [
    ([3, 2], transforms.UNCHANGED), ([], transforms.UNCHANGED),
    ([1, 1, 3, 2], transforms.reshaped([3, 2])), ([3, 2], transforms.TRANSPOSED)])
def test_one_variable_of_another_shape(shape, made):
    value = numbers(*shape)
    assert (back(value, made) == value).all() and (back(value, made, slots=True) == value).all()


@pytest.mark.parametrize("axis", [0, 1])
def test_parts_along_an_axis_are_put_together(axis):
    value = numbers(5, 5)
    first, second = transforms.part(axis, 0, 2), transforms.part(axis, 2, 5)
    assert (back(value, first, second) == value).all()
    assert np.isnan(back(value, first)).sum() == 15  # three of five rows or columns are missing


@pytest.mark.parametrize("kind", sorted(GATES))
def test_two_kernels_of_a_layer_are_one_of_a_cell(kind):
    value = numbers(INPUTS + UNITS, GATES[kind] * UNITS)
    made = [transforms.input_kernel(kind, INPUTS), transforms.recurrent_kernel(kind, INPUTS)]
    assert (back(value, *made) == value).all() and (back(value, *made, slots=True) == value).all()


@pytest.mark.parametrize("kind", sorted(GATES))
def test_a_bias_without_forget_bias_comes_back_bit_for_bit(kind):
    value = numbers(GATES[kind] * UNITS)
    assert (back(value, transforms.cell_bias(kind)) == value).all()


def test_a_forget_bias_is_taken_off_the_forget_gate_alone():
    value, made = numbers(4 * UNITS), transforms.cell_bias("LSTM cell", 1.0)
    found, forget = back(value, made), slice(2 * UNITS, 3 * UNITS)
    others = np.r_[0:2 * UNITS, 3 * UNITS:4 * UNITS]
    assert (found[others] == value[others]).all()
    assert (found[forget] == (value[forget] + np.float32(1)) - np.float32(1)).all()
    assert (back(value, made, slots=True) == value).all()
    held = made.state(value)
    kept = held.copy()
    made.put_state(held, np.empty_like(value))
    assert (held == kept).all()  # what the port holds is not changed on the way
