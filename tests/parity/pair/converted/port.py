"""Keras 3: the programs of train.py."""

import keras
from keras import layers
import tensorflow as tf


def _classified(x, net, optimizer):
    return (keras.Model(x, layers.Dense(3, name="logits")(net)),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer)


def _input():
    return keras.Input((5, 3), name="x")


def recurrent():
    """Returns (model, loss, optimizer)."""
    x = _input()
    net = layers.LSTM(6, return_sequences=True)(x)
    return _classified(x, layers.GRU(4, reset_after=False)(net),
                       keras.optimizers.Adam(0.01, epsilon=1e-8))


def batch_norm():
    """Returns a compiled model."""
    x = _input()
    net = layers.Dense(8, use_bias=False, name="hidden")(layers.Flatten()(x))
    net = layers.ReLU()(layers.BatchNormalization(momentum=0.9, name="norm")(net))
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.7, staircase=True)
    model, loss, optimizer = _classified(x, net, keras.optimizers.SGD(rate, momentum=0.9))
    model.compile(optimizer, loss)
    return model


def towers():
    """Returns (model, loss, optimizer)."""
    x = _input()
    net = layers.Flatten()(x)
    minus = layers.Dense(8, use_bias=False, name="minus")(net)
    plus = layers.Dense(8, use_bias=False, name="plus")(net)
    return _classified(x, layers.ReLU()(plus - 0.5 * minus), keras.optimizers.SGD(0.1))


class Adam:
    """An object that steps by itself."""

    def __init__(self):
        x = _input()
        net = layers.Dense(8, "relu", name="hidden")(layers.Flatten()(x))
        self.model, self._loss, self.optimizer = _classified(x, net, keras.optimizers.Adam(
            0.01, epsilon=1e-8, use_ema=True, ema_momentum=0.9))

    def step(self, batch):
        """Takes a step; returns its loss."""
        with tf.GradientTape() as tape:
            loss = self._loss(batch["labels"], self.model(batch["x"]))
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss


def adam():
    """Returns the object."""
    return Adam()
