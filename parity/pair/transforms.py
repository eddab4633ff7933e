"""Layouts: a variable of TensorFlow 1 as the port holds it."""

from typing import Callable, NamedTuple

import numpy as np


class Transform(NamedTuple):
    """How a port's variable is made of one of the reference's.

    Attributes:
      name: what is done, in a few words; "" where nothing is.
      state: function of the reference's values, which gives the port's.
      change: the same of what has no constant in it: gradients and slots.
    """

    name: str
    state: Callable
    change: Callable


def _unchanged(value):
    return value


UNCHANGED = Transform("", _unchanged, _unchanged)


def reshaped(shape):
    """The same numbers in another shape, as those of a 1x1 convolution in a dense layer."""
    def reshape(value):
        return value.reshape(shape)
    return Transform(f"reshaped to {list(shape)}", reshape, reshape)


def _transpose(value):
    return np.ascontiguousarray(value.T)


TRANSPOSED = Transform("transposed", _transpose, _transpose)


def part(axis, start, stop):
    """What lies between two indices of an axis, as one of the kernels of which one was made."""
    def cut(value):
        return np.ascontiguousarray(value[(slice(None),) * axis + (slice(start, stop),)])
    return Transform(f"{start} to {stop} of axis {axis}", cut, cut)


def _blocks(order):
    """Function that puts the blocks of the last axis, one a gate, into another order."""
    def ordered(value):
        blocks = np.split(value, len(order), axis=-1)
        return np.concatenate([blocks[place] for place in order], axis=-1)
    return ordered


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
    ordered = _blocks(order)

    def taken(value):
        return ordered(value[rows])
    return Transform(f"rows of the {which}{said}", taken, taken)


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
    ordered = _blocks(order)
    if not forget_bias:
        return Transform(said[2:], ordered, ordered)

    def biased(value):
        found = ordered(value)
        units = len(found) // len(order)
        found[units:2 * units] += np.asarray(forget_bias, found.dtype)
        return found
    return Transform(f"{said[2:]}, {forget_bias:g} added to f's", biased, ordered)
