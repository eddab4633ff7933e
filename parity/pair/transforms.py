"""Layouts: a variable of TensorFlow 1 as the port holds it, and the way back."""

from typing import Callable, NamedTuple

import numpy as np


class Transform(NamedTuple):
    """How a port's variable is made of one of the reference's.

    Attributes:
      name: what is done, in a few words; "" where nothing is.
      state: function of the reference's values, which gives the port's.
      change: the same of what has no constant in it: gradients and slots.
      put_state: the inverse of `state`, function (port's array, whole): it writes into `whole`, an
        array of the reference's shape, all that the port's array holds of it.
      put_change: the same of `change`.
    """

    name: str
    state: Callable
    change: Callable
    put_state: Callable
    put_change: Callable


def _without_constant(name, take, put):
    """The `Transform` that moves numbers and changes none."""
    return Transform(name, take, take, put, put)


def _unchanged(value):
    return value


def _put_unchanged(value, whole):
    whole[...] = value


UNCHANGED = _without_constant("", _unchanged, _put_unchanged)


def reshaped(shape):
    """The same numbers in another shape, as those of a 1x1 convolution in a dense layer."""
    def reshape(value):
        return value.reshape(shape)

    def put(value, whole):
        whole[...] = value.reshape(whole.shape)
    return _without_constant(f"reshaped to {list(shape)}", reshape, put)


def _transpose(value):
    return np.ascontiguousarray(value.T)


def _put_transposed(value, whole):
    whole[...] = value.T


TRANSPOSED = _without_constant("transposed", _transpose, _put_transposed)


def part(axis, start, stop):
    """What lies between two indices of an axis, as one of the kernels of which one was made."""
    place = (slice(None),) * axis + (slice(start, stop),)

    def cut(value):
        return np.ascontiguousarray(value[place])

    def put(value, whole):
        whole[place] = value
    return _without_constant(f"{start} to {stop} of axis {axis}", cut, put)


def _blocks(order):
    """Function that puts the blocks of the last axis, one a gate, into another order."""
    def ordered(value):
        blocks = np.split(value, len(order), axis=-1)
        return np.concatenate([blocks[place] for place in order], axis=-1)
    return ordered


def _inverse(order):
    """The order that puts ordered blocks where they were."""
    return tuple(int(place) for place in np.argsort(order))


# Of each kind of cell: where Keras's gates stand in TensorFlow 1's kernel, and what they are.
_GATES = {
    "LSTM cell": ((0, 2, 1, 3), ", gates in the order i, f, j, o"),
    # The gates' r and u, then the candidate's c; u is what Keras calls z.
    "GRU cell": ((1, 0, 2), ", gates and candidate in the order u, r, c"),
    "RNN cell": ((0,), ""),
}


def gates(kind):
    """How many blocks the kernel of a kind of recurrent cell has; 0 if Keras has no such cell."""
    return len(_GATES.get(kind, ((),))[0])


def _rows(kind, rows, which):
    order, said = _GATES[kind]
    ordered, as_before = _blocks(order), _blocks(_inverse(order))

    def taken(value):
        return ordered(value[rows])

    def put(value, whole):
        whole[rows] = as_before(value)
    return _without_constant(f"rows of the {which}{said}", taken, put)


def input_kernel(kind, inputs):
    """Rows of the inputs of a recurrent cell's one kernel, gates in Keras's order."""
    return _rows(kind, slice(None, inputs), "inputs")


def recurrent_kernel(kind, inputs):
    """Rows of the state of a recurrent cell's one kernel, gates in Keras's order."""
    return _rows(kind, slice(inputs, None), "state")


def cell_bias(kind, forget_bias=0.0):
    """A recurrent cell's bias, gates in Keras's order, with what TensorFlow 1 adds to an LSTM's
    forget gate in each step."""
    order, said = _GATES[kind]
    ordered, as_before = _blocks(order), _blocks(_inverse(order))

    def put(value, whole):
        whole[...] = as_before(value)
    if not forget_bias:
        return _without_constant(said[2:], ordered, put)

    def biased(value):
        found = ordered(value)
        units = len(found) // len(order)
        found[units:2 * units] += np.asarray(forget_bias, found.dtype)
        return found

    def put_unbiased(value, whole):
        units = len(value) // len(order)
        found = value.copy()
        found[units:2 * units] -= np.asarray(forget_bias, found.dtype)
        put(found, whole)
    return Transform(f"{said[2:]}, {forget_bias:g} added to f's", biased, ordered, put_unbiased,
                     put)
