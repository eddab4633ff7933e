"""Keras 3: the adversarial networks of ../programs."""

import keras
from keras import layers
from keras import ops
import tensorflow as tf


def _generator():
    return keras.Sequential([
        layers.Input((3,)), layers.Dense(5, activation="relu", name="hidden"),
        layers.Dense(6, name="out")], name="generator")


def _dense():
    return [layers.Dense(5, name="hidden")]


def _convolved():
    return [layers.Reshape((6, 1, 1)), layers.Conv2D(5, 3, padding="same", name="hidden")]


def _discriminator(hidden):
    return keras.Sequential([
        layers.Input((6,)), *hidden,
        layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="norm"),
        layers.Activation("tanh"), layers.Flatten(), layers.Dense(1, name="score")],
        name="discriminator")


def _loss(scores, labels):
    return ops.mean(ops.binary_crossentropy(labels(scores), scores, from_logits=True))


class Networks(keras.Model):
    """Both networks, as one model."""

    def __init__(self, hidden):
        super().__init__()
        self.generator, self.discriminator = _generator(), _discriminator(hidden)


class Port:
    """The networks, and a step that trains one after the other."""

    def __init__(self, hidden):
        self.model = Networks(hidden)
        self.optimizers = [keras.optimizers.Adam(0.01, beta_1=0.5, epsilon=1e-8) for _ in range(2)]

    def step(self, batch):
        """Trains on a batch {"x": [8, 6], "noise": [8, 3]}; returns both losses."""
        generator, discriminator = self.model.generator, self.model.discriminator
        with tf.GradientTape() as tape:
            real, made = self.scores(batch["x"], generator(batch["noise"]))
            first = _loss(real, ops.ones_like) + _loss(made, ops.zeros_like)
        self._apply(0, tape.gradient(first, discriminator.trainable_variables), discriminator)
        with tf.GradientTape() as tape:
            fake = generator(batch.get("1/noise", batch["noise"]))
            second = _loss(discriminator(fake, training=True), ops.ones_like)
        self._apply(1, tape.gradient(second, generator.trainable_variables), generator)
        return {"first": first, "second": second}

    def scores(self, x, fake):
        """Scores [8, 1] of two batches [8, 6]; batch norm sees the real one first."""
        real = self.model.discriminator(x, training=True)
        return real, self.model.discriminator(fake, training=True)

    def _apply(self, number, gradients, network):
        self.optimizers[number].apply(gradients, network.trainable_variables)


class GeneratedFirst(Port):
    """The same, but that batch norm sees the generated batch first."""

    def scores(self, x, fake):
        made = self.model.discriminator(fake, training=True)
        return self.model.discriminator(x, training=True), made


def real_first():
    return Port(_dense())


def generated_first():
    return GeneratedFirst(_dense())


def fused():
    return Port(_convolved())
