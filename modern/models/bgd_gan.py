"""GAN trained by batch gradient descent (D4 §3, §4)."""

import keras
from keras import ops
import tensorflow as tf

from modern.layers import DenseBiasAdd
from modern.phased_model import PhasedModel
from modern.precision import precision
from modern.program import gan_phases, of_model


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
    """E[log(1 - D(G(z)))], what G can change of D4 §3.1's game; log(1 - D) = -softplus(logits)."""
    with tf.name_scope("losses/generator/"):
        return {"generator": -ops.mean(ops.softplus(generated_logits))}


def discriminator_losses(real_logits, generated_logits):
    """-E[log D(x)] - E[log(1 - D(G(z)))] (D4 §3.1, signs of the standard game); both parts."""
    with tf.name_scope("losses/discriminator/"):
        real = ops.mean(ops.softplus(-real_logits))
        generated = ops.mean(ops.softplus(generated_logits))
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


def as_written_losses(generated_logits, ones_logits):
    """D4 §4's two loss functions, one formula: G(z) in the real image's place, an all-ones image in
    the generated one's, so that G and D cooperate; no floor under the logs (ledger 11, 14)."""
    with tf.name_scope("losses/shared/"):
        shared = -ops.mean(
            ops.log(ops.sigmoid(generated_logits)) + ops.log(1.0 - ops.sigmoid(ones_logits)))
        return {"generator": shared, "discriminator": shared}


@keras.saving.register_keras_serializable(package="modern")
class BgdGan(PhasedModel):
    """D4's GAN; `hparams` are `groundwork.hyperparameters.BgdGan`."""

    def make_networks(self):
        self.generator = generator(self.hparams.noise_size)
        self.discriminator = discriminator()

    def call(self, noise):
        return self.generator(noise)

    def phase_losses(self, inputs):
        real_logits = self.discriminator(inputs["images"]) if "images" in inputs else None
        generated = self.generator(inputs["noise"])
        generated_logits = self.discriminator(generated)
        if self.hparams.variant == "as_written":
            ones_logits = self.discriminator(ops.ones_like(generated))
            return as_written_losses(generated_logits, ones_logits)
        values = generator_loss(generated_logits)
        if real_logits is not None:
            values.update(discriminator_losses(real_logits, generated_logits))
        return values

    def trained_variables(self):
        return {"generator": self.generator.trainable_variables,
                "discriminator": self.discriminator.trainable_variables}

    def phases(self):
        return gan_phases(self)


def program(hparams, dtype, stock_optimizers=False):
    """D4's GAN with `hparams` (`groundwork.hyperparameters.BgdGan`)."""
    with precision(dtype):
        model = BgdGan(hparams)
        model.compile(stock_optimizers=stock_optimizers)
    return of_model(model)
