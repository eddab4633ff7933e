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


def _gates(value):
    """Gates in the order i, j, f, o (TensorFlow 1) put in the order i, f, j, o (Keras)."""
    i, j, f, o = np.split(value, 4, axis=-1)
    return np.concatenate([i, f, j, o], axis=-1)


def lstm_kernel(inputs):
    """Rows of the inputs of an LSTM's one kernel, gates in Keras's order."""
    def rows(value):
        return _gates(value[:inputs])
    return Transform("rows of the inputs, gates in the order i, f, j, o", rows, rows)


def lstm_recurrent_kernel(inputs):
    """Rows of the state of an LSTM's one kernel, gates in Keras's order."""
    def rows(value):
        return _gates(value[inputs:])
    return Transform("rows of the state, gates in the order i, f, j, o", rows, rows)


def lstm_bias(forget_bias):
    """An LSTM's bias, gates in Keras's order, with what TensorFlow 1 adds in each step."""
    def biased(value):
        gates = _gates(value)
        units = len(gates) // 4
        gates[units:2 * units] += np.asarray(forget_bias, gates.dtype)
        return gates
    return Transform(f"gates in the order i, f, j, o, {forget_bias:g} added to f's", biased, _gates)
