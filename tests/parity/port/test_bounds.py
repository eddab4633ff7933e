"""Bounds of a port that change nothing are named; those that act, and Keras's own, are not."""

import keras
from keras import ops
import numpy as np
import pytest
import tensorflow as tf

from parity.port import bounds
from parity.port import loading
from parity.port import port as ports
from parity.port import stepping
from parity.port.draws import Draws
from parity.port.feeding import Batch

X = np.array([[3.0, 4.0], [-1.0, 1.0]], np.float32)
Y = np.array([[1.0], [2.0]], np.float32)


class Step:
    """A step whose predictions go through a function of the author's."""

    def __init__(self, function, optimizer, constraint=None):
        self.model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(
            1, kernel_initializer="ones", kernel_constraint=constraint, name="out")])
        self.optimizer, self._function = optimizer, function
        optimizer.build(self.model.trainable_variables)

    def step(self, batch):
        with tf.GradientTape() as tape:
            loss = ops.mean(ops.square(self._function(self.model(batch["x"])) - batch["y"]))
        weights = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"loss": loss}


def never(function=lambda outputs: outputs, optimizer=None, constraint=None):
    """What is named of a step; predictions are 7 and 0."""
    optimizer = optimizer or keras.optimizers.SGD(0.1)
    port = ports.Port(loading.recognised(Step(function, optimizer, constraint), "port.py:build"))
    watched = bounds.Bounds()
    stepping.observe(port, Batch.of({"x": X, "y": Y}, ["y"], "float32"), Draws([], []),
                     lambda kind, name, array: None, True, watched)
    return [name.partition(" (")[0].partition(" of ")[0] for name in watched.never()]


@pytest.mark.parametrize("name, function, expected", [
    ("above all", lambda outputs: ops.clip(outputs, -1.0, 8.0), ["clip"]),
    ("acting", lambda outputs: ops.clip(outputs, -1.0, 6.0), []),
    ("below all", lambda outputs: ops.maximum(outputs, -0.5), ["maximum"]),
    ("between", lambda outputs: ops.maximum(outputs, 0.5), []),
    ("above all, of two", lambda outputs: ops.maximum(outputs, 100.0), ["maximum"]),
    ("of TensorFlow", lambda outputs: tf.minimum(outputs, 7.5), ["minimum"]),
    ("by norm", lambda outputs: tf.clip_by_norm(outputs, 100.0), ["clip_by_norm"]),
    ("by a global norm", lambda outputs: tf.clip_by_global_norm([outputs, None], 100.0)[0][0],
     ["clip_by_global_norm"]),
    ("by a smaller global norm", lambda outputs: tf.clip_by_global_norm([outputs], 1.0)[0][0], []),
    ("in what is traced", lambda outputs: tf.vectorized_map(
        lambda row: tf.maximum(row, -100.0), outputs), []),
    ("of what has no value yet", lambda outputs: keras.Model(
        *[(one := keras.Input((1,))), ops.maximum(one, -100.0)])(outputs), []),
    ("by a smaller norm", lambda outputs: tf.clip_by_norm(outputs, 1.0), []),
    ("of Keras itself", keras.activations.relu6, [])])
def test_a_bound_that_its_author_wrote_is_named_where_it_changes_nothing(name, function, expected):
    assert never(function) == expected, name


def test_the_line_of_a_bound_is_said():
    port = ports.Port(loading.recognised(Step(lambda outputs: ops.maximum(outputs, -100.0),
                                              keras.optimizers.SGD(0.1)), "port.py:build"))
    watched = bounds.Bounds()
    stepping.observe(port, Batch.of({"x": X, "y": Y}, ["y"], "float32"), Draws([], []),
                     lambda kind, name, array: None, True, watched)
    line, = watched.never()
    assert line.startswith("maximum (") and "test_bounds.py:" in line


@pytest.mark.parametrize("clipping, expected", [
    ({"global_clipnorm": 1e6}, ["global_clipnorm=1e+06"]), ({"global_clipnorm": 0.1}, []),
    ({"clipvalue": 1e6}, ["clipvalue=1e+06"]), ({"clipnorm": 0.1}, [])])
def test_an_optimisers_clipping_is_named_where_no_gradient_is_above_it(clipping, expected):
    assert never(optimizer=keras.optimizers.SGD(0.1, **clipping)) == expected


@pytest.mark.parametrize("most, expected", [(100.0, ["the constraint"]), (0.1, [])])
def test_a_constraint_is_named_where_it_changes_no_weight(most, expected):
    assert never(constraint=keras.constraints.MaxNorm(most)) == expected


def test_a_bound_that_acts_in_any_step_is_exercised():
    watched = bounds.Bounds()
    optimizer = keras.optimizers.SGD(0.1, clipvalue=1.0)
    watched.see_clipping(1, optimizer, [X], [X])
    assert watched.never() == ["clipvalue=1 of optimiser 2"]
    watched.see_clipping(1, optimizer, [X], [np.clip(X, -1, 1)])
    watched.see_clipping(1, optimizer, [X], [X])
    assert watched.never() == []
