"""The GAN in Keras 3."""

import keras
import tensorflow as tf


def _loss(logits, label):
    return keras.ops.mean(keras.losses.binary_crossentropy(
        keras.ops.full_like(logits, label), logits, from_logits=True))


def _xavier():
    """Normal weights of deviation sqrt(2 / inputs)."""
    return keras.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")


class GAN:
    """A generator and a discriminator, trained in turn."""

    def __init__(self):
        self.generator = keras.Sequential([
            keras.Input((16,)),
            keras.layers.Dense(64, activation="relu",
                               kernel_initializer=keras.initializers.RandomNormal(stddev=0.1)),
            keras.layers.Dense(64, activation="sigmoid", kernel_initializer=_xavier())])
        self.discriminator = keras.Sequential([
            keras.Input((64,)), keras.layers.Dense(64, kernel_initializer=_xavier()),
            keras.layers.LeakyReLU(0.2), keras.layers.Dense(1, kernel_initializer=_xavier())])
        self.model = [self.discriminator, self.generator]
        self.d_optimizer = keras.optimizers.Adam(0.001, beta_1=0.5, epsilon=1e-8)
        self.g_optimizer = keras.optimizers.Adam(0.001, beta_1=0.5, epsilon=1e-8)

    def step(self, batch):
        """One update of each network."""
        images = batch["Placeholder"]
        with tf.GradientTape() as tape:
            generated = self.generator(keras.random.uniform((len(images), 16), -1.0, 1.0))
            d_loss = (_loss(self.discriminator(images), 1.0)
                      + _loss(self.discriminator(generated), 0.0))
        self._apply(tape, d_loss, self.discriminator, self.d_optimizer)
        with tf.GradientTape() as tape:
            generated = self.generator(keras.random.uniform((len(images), 16), -1.0, 1.0))
            g_loss = _loss(self.discriminator(generated), 1.0)
        self._apply(tape, g_loss, self.generator, self.g_optimizer)
        return {"d_loss": d_loss, "g_loss": g_loss}

    def _apply(self, tape, loss, network, optimizer):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)


def build():
    """Returns the GAN."""
    return GAN()
