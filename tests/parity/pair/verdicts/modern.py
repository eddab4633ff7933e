"""Ports of these programs: right ones, and such whose steps depend on more than their variables."""

import keras
from keras import ops
import numpy as np
import tensorflow as tf


def _squares(outputs, targets):
    return ops.mean(ops.square(outputs - targets))


class _Step:
    """A step by hand.

    Args:
      loss: function of (outputs, targets).
      rate: the learning rate.
      doubled: number of the call whose gradients are taken twice; none if not given.
    """

    def __init__(self, loss=_squares, rate=0.1, doubled=None):
        self.model = keras.Sequential([
            keras.Input((4,)), keras.layers.Dense(5, "tanh", name="hidden"),
            keras.layers.Dense(2, name="out")])
        self.optimizer = keras.optimizers.SGD(rate)
        self.optimizer.build(self.model.trainable_variables)
        self._loss, self._doubled, self._calls = loss, doubled, 0

    def step(self, batch):
        self._calls += 1
        with tf.GradientTape() as tape:
            loss = self._loss(self.model(batch["inputs"], training=True), batch["targets"])
        gradients = tape.gradient(loss, self.model.trainable_variables)
        if self._calls == self._doubled:
            gradients = [2.0 * gradient for gradient in gradients]
        self.optimizer.apply(gradients, self.model.trainable_variables)
        return {"loss": loss}


def sound():
    return _Step()


def noisy(size):
    """Draws from a generator that nothing sees, so much or so little."""
    return _Step(lambda outputs, targets: _squares(outputs, targets)
                 + size * np.random.random() * ops.sum(outputs))


def late(call):
    """Counts its calls in Python."""
    return _Step(doubled=call)


def no_number():
    return _Step(lambda outputs, targets: _squares(outputs, targets)
                 + 0.0 * ops.log(-1.0 - ops.sum(ops.square(targets))))


def diverging():
    return _Step(lambda outputs, targets: _squares(ops.square(outputs - targets), 0.0), 30.0)


def nearly():
    """Adds to the loss what no rounded constant explains, and float32 hardly shows."""
    return _Step(lambda outputs, targets: _squares(outputs, targets)
                 + 1e-9 * ops.mean(ops.square(outputs)))
