"""Converts variables of TensorFlow 1 to the port's layout, and back."""

from typing import Callable, NamedTuple, Tuple

import numpy as np


class Transform(NamedTuple):
    """Conversion of a reference's variable to a port's.

    Attributes:
      name: description in a few words; "" where both are equal.
      state: function (reference's values) -> port's values.
      change: the same for gradients and slots, to which no constant is added.
      put_state: inverse of `state`, function (port's array, whole): writes the port's numbers into
        `whole`, an array of the reference's shape.
      put_change: inverse of `change`, likewise.
    """

    name: str
    state: Callable
    change: Callable
    put_state: Callable
    put_change: Callable


def _without_constant(name, take, put):
    """`Transform` that moves numbers and changes none."""
    return Transform(name, take, take, put, put)


def _unchanged(value):
    return value


def _put_unchanged(value, whole):
    whole[...] = value


UNCHANGED = _without_constant("", _unchanged, _put_unchanged)


def reshaped(shape):
    """`Transform` into another shape, as of a 1x1 convolution's kernel into a dense layer's."""
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
    """`Transform` into the part from `start` to `stop` of an axis, as of a joined kernel."""
    place = (slice(None),) * axis + (slice(start, stop),)

    def cut(value):
        return np.ascontiguousarray(value[place])

    def put(value, whole):
        whole[place] = value
    return _without_constant(f"{start} to {stop} of axis {axis}", cut, put)


def _blocks(order):
    """Function that reorders the blocks of the last axis, one block per gate."""
    def ordered(value):
        blocks = np.split(value, len(order), axis=-1)
        return np.concatenate([blocks[place] for place in order], axis=-1)
    return ordered


def _inverse(order):
    """Order that restores reordered blocks."""
    return tuple(int(place) for place in np.argsort(order))


class _Gates(NamedTuple):
    """Gates of a cell: positions of Keras's in TensorFlow 1's kernel, and their order in words."""

    order: Tuple[int, ...]
    said: str


_GATES = {
    "LSTM cell": _Gates((0, 2, 1, 3), ", gates in the order i, f, j, o"),
    # The gates' r and u, then the candidate's c; u is what Keras calls z.
    "GRU cell": _Gates((1, 0, 2), ", gates and candidate in the order u, r, c"),
    "RNN cell": _Gates((0,), ""),
}


def gates(kind):
    """Number of gate blocks in the kernel of a kind of cell; 0 if Keras has no such cell."""
    return len(_GATES[kind].order) if kind in _GATES else 0


def _rows(kind, rows, which):
    order, said = _GATES[kind]
    ordered, as_before = _blocks(order), _blocks(_inverse(order))

    def taken(value):
        return ordered(value[rows])

    def put(value, whole):
        whole[rows] = as_before(value)
    return _without_constant(f"rows of the {which}{said}", taken, put)


def input_kernel(kind, inputs):
    """`Transform` to the rows of the inputs in a recurrent cell's kernel, in Keras's gate order."""
    return _rows(kind, slice(None, inputs), "inputs")


def recurrent_kernel(kind, inputs):
    """`Transform` to the rows of the state in a recurrent cell's kernel, in Keras's gate order."""
    return _rows(kind, slice(inputs, None), "state")


def cell_bias(kind, forget_bias=0.0):
    """`Transform` of a recurrent cell's bias to Keras's gate order.

    The forget bias, which TensorFlow 1 adds to an LSTM's forget gate in each step, is added to it.
    """
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
