"""GAN trained by batch gradient descent (D4 §3, §4)."""

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
        keras.layers.Dense(128, activation="leaky_relu", name="hidden2"),
        keras.layers.Dense(784, name="output"),
        keras.layers.Reshape((28, 28), name="images"),
    ], name="generator")


def discriminator():
    """Logits [batch, 1] that images [batch, 28, 28] are real; D(image) is their sigmoid."""
    return keras.Sequential([
        keras.Input((28, 28)),
        keras.layers.Reshape((784,), name="flat"),
        keras.layers.Dense(128, activation="leaky_relu", name="hidden1"),
        keras.layers.Dense(128, activation="leaky_relu", name="hidden2"),
        DenseBiasAdd(1, name="logits"),
    ], name="discriminator")


def generator_loss(generated_logits):
    """E[log(1 - D(G(z)))], what G can change of D4 §3.1's game; through logits."""
    with tf.name_scope("losses/generator/"):
        return {"generator": -losses.sigmoid_cross_entropy(generated_logits, 0.0)}


def as_written_losses(generated_logits, ones_logits):
    """D4 §4's two loss functions, one formula: G(z) in the real image's place, an all-ones image in
    the generated one's, so that G and D cooperate; no floor under the logs (errata 11, 14)."""
    with tf.name_scope("losses/shared/"):
        shared = -ops.mean(
            ops.log(ops.sigmoid(generated_logits)) + ops.log(1.0 - ops.sigmoid(ones_logits)))
        return {"generator": shared, "discriminator": shared}


@keras.saving.register_keras_serializable(package="modern")
class BgdGan(Gan):
    """D4's GAN; `hparams` are `groundwork.models.BgdGan`."""

    @property
    def XLA(self):
        """True where `modern.train` compiles the steps: products of a whole data set take longer
        in XLA than in TensorFlow, which is slower where batches are small."""
        return self.hparams.batch_size is not None

    def make_networks(self):
        self.generator = generator(self.hparams.noise_size)
        self.discriminator = discriminator()

    def logits(self, inputs):
        if self.hparams.variant == "corrected":
            return super().logits(inputs)
        generated = self.generator(inputs["noise"])
        logits = {"generated": self.discriminator(generated)}
        with tf.name_scope("inputs/"):
            ones = ops.ones_like(generated)
        logits["ones"] = self.discriminator(ones)
        return logits

    def adversarial_losses(self, logits):
        if self.hparams.variant == "as_written":
            return as_written_losses(logits["generated"], logits["ones"])
        return losses.adversarial_losses(logits, self.hparams.label_smoothing, generator_loss)


def program(hparams, dtype, stock_optimizers=False):
    """D4's GAN with `hparams` (`groundwork.models.BgdGan`)."""
    return BgdGan.make(hparams, dtype, stock_optimizers).as_program()
