"""Keras 3: images that are translated there and back, with a pool, as in ../programs."""

import keras
from keras import ops
import tensorflow as tf


def _translator(name):
    return keras.Sequential([
        keras.Input((6, 6, 1)),
        keras.layers.Conv2D(3, 3, padding="same", activation="relu", name="conv"),
        keras.layers.Conv2D(1, 3, padding="same", activation="tanh", name="out")], name=name)


def _least_squares(outputs, label):
    return ops.mean(ops.square(outputs - label))


class _Translation(keras.Model):
    """Two translators and a discriminator, to which a pool shows images of earlier steps."""

    def __init__(self):
        super().__init__()
        self.there, self.back = _translator("there"), _translator("back")
        self.discriminator = keras.Sequential([
            keras.Input((6, 6, 1)),
            keras.layers.Conv2D(4, 3, strides=2, activation="leaky_relu", name="conv"),
            keras.layers.Conv2D(1, 2, name="out")], name="discriminator")
        self.pool = self.add_weight(name="pool", shape=(4, 6, 6, 1), trainable=False)
        self.built = True


class _Trained:
    """Trains the translators, then the discriminator."""

    def __init__(self):
        self.model = _Translation()
        self.g_optimizer, self.d_optimizer = (
            keras.optimizers.Adam(0.01, beta_1=0.5, epsilon=1e-8) for _ in range(2))

    def step(self, batch):
        model, a = self.model, batch["a"]
        with tf.GradientTape() as tape:
            made = model.there(a)
            cycle = ops.mean(ops.abs(model.back(made) - a))
            g_loss = _least_squares(model.discriminator(made), 1.0) + 10.0 * cycle
        variables = model.there.trainable_variables + model.back.trainable_variables
        self.g_optimizer.apply(tape.gradient(g_loss, variables), variables)
        with tf.GradientTape() as tape:
            shown, after = self.pooled(model.there(a), batch["kept"])
            d_loss = _least_squares(model.discriminator(batch["b"]), 1.0) + _least_squares(
                model.discriminator(shown), 0.0)
        variables = model.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(d_loss, variables), variables)
        model.pool.assign(after)
        return g_loss, d_loss

    def pooled(self, made, kept):
        """What is shown, and what the pool keeps."""
        after = kept * made + (1.0 - kept) * self.model.pool
        return kept * self.model.pool + (1.0 - kept) * made, after


def pooled():
    return _Trained()
