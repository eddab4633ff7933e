"""Tiny dense GAN of numbers in [0, 1], trained with weight clipping (D1 §3, §4)."""

import keras
from keras import ops
import tensorflow as tf

from modern import losses
from modern.layers import DenseBiasAdd
from modern.phased_model import PhasedModel
from modern.precision import precision
from modern.program import clip_weights, gan_phases, of_model, unfrozen


def generator(noise_size):
    """Numbers [batch, 1] in (0, 1) from noise [batch, noise_size]."""
    return keras.Sequential([
        keras.Input((noise_size,)),
        keras.layers.Dense(20, activation="relu", name="hidden"),
        DenseBiasAdd(1, activation="sigmoid", name="output"),
    ], name="generator")


def discriminator():
    """Logits [batch, 1] that numbers [batch, 1] are real; D(x) is their sigmoid."""
    return keras.Sequential([
        keras.Input((1,)),
        keras.layers.Dense(20, activation="relu", name="hidden"),
        DenseBiasAdd(1, name="logits"),
    ], name="discriminator")


def as_written_generator_loss(generated_logits):
    """-E[log D(G(z))] of D1 §4, without a floor under the log (ledger 17)."""
    with tf.name_scope("losses/generator/"):
        return {"generator": -ops.mean(ops.log(ops.sigmoid(generated_logits)))}


def as_written_discriminator_losses(real_logits, generated_logits):
    """D1 §4's loss of D: its generated term has its sign reversed, so that D sends D(G(z)) to 1 and
    the loss has no lower bound; no floor under the logs (ledger 17)."""
    with tf.name_scope("losses/discriminator/"):
        real = -ops.mean(ops.log(ops.sigmoid(real_logits)))
        generated = ops.mean(ops.log(1.0 - ops.sigmoid(generated_logits)))
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


@keras.saving.register_keras_serializable(package="modern")
class DenseGan(PhasedModel):
    """D1's GAN; `hparams` are `groundwork.hyperparameters.DenseGan`."""

    def make_networks(self):
        self.generator = generator(self.hparams.noise_size)
        self.discriminator = discriminator()

    def call(self, noise):
        return self.generator(noise)

    def logits(self, inputs):
        """D's logits [batch, 1] on each kind of numbers that the inputs give."""
        logits = {"real": self.discriminator(inputs["images"])} if "images" in inputs else {}
        logits["generated"] = self.discriminator(self.generator(inputs["noise"]))
        return logits

    def phase_losses(self, inputs):
        logits = self.logits(inputs)
        if self.hparams.variant == "as_written":
            values = as_written_generator_loss(logits["generated"])
            if "real" in logits:
                values.update(as_written_discriminator_losses(
                    logits["real"], logits["generated"]))
            return values
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
        return gan_phases(self, lambda: clip_weights(
            unfrozen(self.discriminator.trainable_variables, self.hparams.tools),
            self.hparams.weight_clip))


def program(hparams, dtype, stock_optimizers=False):
    """D1's GAN with `hparams` (`groundwork.hyperparameters.DenseGan`)."""
    with precision(dtype):
        model = DenseGan(hparams)
        model.compile(stock_optimizers=stock_optimizers)
    return of_model(model)
