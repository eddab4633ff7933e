"""GAN of fully connected layers (D3 §4.1)."""

import keras
from keras import ops
import tensorflow as tf

from modern import losses
from modern.layers import DenseBiasAdd
from modern.phased_model import PhasedModel
from modern.precision import precision
from modern.program import gan_phases, of_model


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


def discriminator():
    """Logits [batch, 1] that images [batch, 28, 28] are real."""
    return keras.Sequential([
        keras.Input((28, 28)),
        keras.layers.Reshape((784,), name="flat"),
        keras.layers.Dense(512, activation="leaky_relu", name="hidden1"),
        keras.layers.Dense(256, activation="leaky_relu", name="hidden2"),
        keras.layers.Dense(128, activation="leaky_relu", name="hidden3"),
        DenseBiasAdd(1, name="output"),
    ], name="discriminator")


def as_written_losses(generated_logits):
    """One loss for both networks; D's sigmoid output is passed as logits (ledger 2, 3)."""
    with tf.name_scope("losses/shared/"):
        shared = losses.sigmoid_cross_entropy(ops.sigmoid(generated_logits), 1.0)
        return {"generator": shared, "discriminator": shared}


@keras.saving.register_keras_serializable(package="modern")
class MlpGan(PhasedModel):
    """D3's GAN; `hparams` are `groundwork.hyperparameters.MlpGan`."""

    def make_networks(self):
        self.generator = generator(self.hparams.noise_size)
        self.discriminator = discriminator()

    def call(self, noise):
        return self.generator(noise)

    def logits(self, inputs):
        """D's logits [batch, 1] on each kind of image that the inputs give."""
        logits = {"real": self.discriminator(inputs["images"])} if "images" in inputs else {}
        logits["generated"] = self.discriminator(self.generator(inputs["noise"]))
        return logits

    def phase_losses(self, inputs):
        logits = self.logits(inputs)
        if self.hparams.variant == "as_written":
            return as_written_losses(logits["generated"])
        values = losses.generator_loss(logits["generated"])
        if "real" in logits:
            values.update(losses.discriminator_losses(
                logits["real"], logits["generated"], self.hparams.label_smoothing))
        return values

    def monitors(self, inputs):
        return losses.mean_outputs(self.logits(inputs))

    def trained_variables(self):
        return {"generator": self.generator.trainable_variables,
                "discriminator": self.discriminator.trainable_variables}

    def phases(self):
        return gan_phases(self)


def program(hparams, dtype, stock_optimizers=False):
    """D3's GAN with `hparams` (`groundwork.hyperparameters.MlpGan`)."""
    with precision(dtype):
        model = MlpGan(hparams)
        model.compile(stock_optimizers=stock_optimizers)
    return of_model(model)
