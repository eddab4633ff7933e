"""GAN of fully connected layers (D3 §4.1)."""

import math

import keras
from keras import ops
import tensorflow as tf

from modern import losses
from modern.gan import Gan
from modern.layers import DenseBiasAdd


def generator(noise_size):
    """Images [batch, 28, 28], unbounded, from noise [batch, noise_size]."""
    return keras.Sequential([
        keras.Input((noise_size,)),
        keras.layers.Dense(128, activation="leaky_relu", name="hidden1"),
        keras.layers.Dense(256, activation="leaky_relu", name="hidden2"),
        keras.layers.Dense(512, activation="leaky_relu", name="hidden3"),
        keras.layers.Dense(784, name="output"),
        keras.layers.Reshape((28, 28), name="images"),
    ], name="generator")


def trunk(shape=(28, 28)):
    """Layers to features [batch, 128] of images [batch, *shape]: D but for its output."""
    return [
        keras.layers.Reshape((math.prod(shape),), name="flat"),
        keras.layers.Dense(512, activation="leaky_relu", name="hidden1"),
        keras.layers.Dense(256, activation="leaky_relu", name="hidden2"),
        keras.layers.Dense(128, activation="leaky_relu", name="hidden3"),
    ]


def discriminator(shape=(28, 28)):
    """Logits [batch, 1] that images [batch, 28, 28], or tensors of another shape, are real."""
    return keras.Sequential([
        keras.Input(shape), *trunk(shape), DenseBiasAdd(1, name="output")], name="discriminator")


def as_written_losses(generated_logits):
    """One loss for both networks; D's sigmoid output is passed as logits (errata 2, 3)."""
    with tf.name_scope("losses/shared/"):
        shared = losses.sigmoid_cross_entropy(ops.sigmoid(generated_logits), 1.0)
        return {"generator": shared, "discriminator": shared}


@keras.saving.register_keras_serializable(package="modern")
class MlpGan(Gan):
    """D3's GAN; `hparams` are `groundwork.models.MlpGan`."""

    def make_networks(self):
        self.generator = generator(self.hparams.noise_size)
        self.discriminator = discriminator()

    def adversarial_losses(self, logits):
        if self.hparams.variant == "as_written":
            return as_written_losses(logits["generated"])
        return losses.adversarial_losses(logits, self.hparams.label_smoothing)


def program(hparams, dtype, stock_optimizers=False):
    """D3's GAN with `hparams` (`groundwork.models.MlpGan`)."""
    return MlpGan.make(hparams, dtype, stock_optimizers).as_program()
