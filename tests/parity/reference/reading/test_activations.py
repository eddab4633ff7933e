"""Activations that are written as formulas."""

import types

import pytest
import tensorflow.compat.v1 as tf

from parity.reference.reading import activations

_ROOT = 0.7978845608


def _by_tanh(x):
    return tf.tanh(_ROOT * (x + 0.044715 * tf.pow(x, 3)))


def _by_erf(x):
    return tf.erf(x / 1.4142135)


def _variable(x):
    return x * 0.5 * (1.0 + tf.get_variable("gate", []) * _by_erf(x))


@pytest.mark.parametrize("formula, name", [
    (lambda x: x * 0.5 * (1.0 + _by_tanh(x)), "gelu_by_tanh"),
    (lambda x: x * (0.5 * (1.0 + _by_tanh(x))), "gelu_by_tanh"),
    (lambda x: 0.5 * (x * (1.0 + _by_tanh(x))), "gelu_by_tanh"),
    (lambda x: 0.5 * x * (1.0 + tf.tanh(_ROOT * (x + 0.044715 * x * x * x))), "gelu_by_tanh"),
    (lambda x: x * 0.5 * (1.0 + _by_erf(x)), "gelu"),
    (lambda x: x * (0.5 * (1.0 + _by_erf(x))), "gelu"),
    (lambda x: x * tf.sigmoid(x), "swish"),
    (lambda x: x * 0.5 * (1.0 + tf.tanh(_ROOT * (x + 0.05 * tf.pow(x, 3)))), ""),
    (lambda x: x * (1.0 + _by_erf(x)), ""),
    (_variable, "")])
def test_the_formula_and_its_end_are_found(formula, name):
    with tf.Graph().as_default() as made:
        x = tf.placeholder(tf.float32, [4, 3])
        end = formula(x)
        tf.gradients(end, x)  # its products take the same tensors
        forward = {op for op in made.get_operations() if not op.name.startswith("gradients")}
        graph = types.SimpleNamespace(is_backward=lambda op: op not in forward,
                                      order=made.get_operations().index)
        found = activations.after(graph, x, forward)
    assert found.name == name
    assert found.output == (end if name else x).name
