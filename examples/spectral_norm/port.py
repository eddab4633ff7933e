"""The spectrally normalized GAN in Keras 3.

`keras.layers.SpectralNormalization` is another method: it overwrites the kernel in every pass, so
that the optimizer moves what was normalized and no gradient reaches the norm.
"""

import keras
from keras import layers, ops
import tensorflow as tf


class SpectralNorm:
    """A layer that uses its kernel divided by its largest singular value."""

    def build(self, input_shape):
        super().build(input_shape)
        self.u_initializer = keras.initializers.RandomNormal(stddev=1.0)
        self.u = self.add_weight(name="u", shape=(1, self.kernel.shape[-1]), trainable=False,
                                 initializer=self.u_initializer)

    def normalized_kernel(self):
        """The kernel over its norm; moves `u` by one power iteration."""
        w = ops.reshape(self.kernel, (-1, self.kernel.shape[-1]))
        v = ops.normalize(ops.matmul(self.u, ops.transpose(w)), epsilon=1e-6)
        u = ops.normalize(ops.matmul(v, w), epsilon=1e-6)
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        self.u.assign(u)
        return self.kernel / ops.matmul(ops.matmul(v, w), ops.transpose(u))


class Conv2D(SpectralNorm, layers.Conv2D):
    """`keras.layers.Conv2D`, spectrally normalized."""

    def call(self, x):
        return self.convolution_op(x, self.normalized_kernel()) + self.bias


class Dense(SpectralNorm, layers.Dense):
    """`keras.layers.Dense`, spectrally normalized."""

    def call(self, x):
        return ops.matmul(x, self.normalized_kernel()) + self.bias


class GAN:
    """Both networks, and the step that takes one update of each."""

    def __init__(self):
        self.generator = keras.Sequential([
            keras.Input((16,)), layers.Dense(64, activation="relu", name="hidden"),
            layers.Dense(64, activation="sigmoid", name="pixels"), layers.Reshape((8, 8, 1))],
            name="generator")
        self.discriminator = keras.Sequential([
            keras.Input((8, 8, 1)), Conv2D(8, 3, 2, "same", name="conv1"), layers.LeakyReLU(0.1),
            Conv2D(16, 3, 2, "same", name="conv2"), layers.LeakyReLU(0.1), layers.Flatten(),
            Dense(1, name="score")], name="discriminator")
        self.model = [self.generator, self.discriminator]
        self.d_optimizer = keras.optimizers.Adam(4e-4, beta_1=0.0, beta_2=0.9, epsilon=1e-8)
        self.g_optimizer = keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9, epsilon=1e-8)

    def step(self, batch):
        """One update of the discriminator, then one of the generator."""
        with tf.GradientTape() as tape:
            both = ops.concatenate([batch["x"], self.generator(batch["z"])])
            real, fake = ops.split(self.discriminator(both), 2)
            d_loss = ops.mean(ops.relu(1.0 - real)) + ops.mean(ops.relu(1.0 + fake))
        self._apply(tape, d_loss, self.discriminator, self.d_optimizer)
        noise = batch.get("1/z", batch["z"])  # of the second call, where it is another
        with tf.GradientTape() as tape:
            g_loss = -ops.mean(self.discriminator(self.generator(noise)))
        self._apply(tape, g_loss, self.generator, self.g_optimizer)
        return {"d_loss": d_loss, "g_loss": g_loss}

    def _apply(self, tape, loss, network, optimizer):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)


def build():
    """Returns the GAN."""
    return GAN()
