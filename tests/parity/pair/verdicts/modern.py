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


class _FusedInFloat32(keras.layers.Layer):
    """Batch norm by TensorFlow's fused kernel, which in float64 there is not: there the moving
    variance follows the batch's, without n / (n - 1)."""

    def build(self, shape):
        self.gamma, self.moving_variance = (self.add_weight(
            name=name, shape=shape[-1:], initializer="ones", trainable=name == "gamma")
                                            for name in ("gamma", "moving_variance"))
        self.beta, self.moving_mean = (self.add_weight(
            name=name, shape=shape[-1:], initializer="zeros", trainable=name == "beta")
                                       for name in ("beta", "moving_mean"))

    def call(self, x):
        if x.dtype == tf.float32:
            outputs, mean, variance = tf.raw_ops.FusedBatchNormV3(
                x=x, scale=self.gamma, offset=self.beta, mean=[], variance=[], epsilon=1e-3)[:3]
        else:
            mean, variance = tf.nn.moments(x, [0, 1, 2])
            outputs = tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, 1e-3)
        for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign_sub((average - value) * (1.0 - tf.constant(0.99, x.dtype)))
        return outputs


def fused_in_float32():
    """Of `layers.batch_norm_fused`."""
    model = keras.Sequential([
        keras.Input((7, 7, 2)), keras.layers.Conv2D(3, 3, use_bias=False, name="conv"),
        _FusedInFloat32(name="norm"), keras.layers.ReLU(), keras.layers.Flatten(),
        keras.layers.Dense(3, name="logits")])
    # Another rounding: a port that is bit for bit the program through all steps is not run freely.
    return model, lambda labels, logits: keras.losses.sparse_categorical_crossentropy(
        labels, logits + 0.7, from_logits=True), keras.optimizers.SGD(0.1)
