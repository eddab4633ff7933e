"""Tiny dense GAN of numbers in [0, 1], trained with weight clipping (D1 §3, §4)."""

import keras
from keras import ops
import tensorflow as tf

from modern import losses
from modern.gan import Gan
from modern.layers import DenseBiasAdd
from modern.program import clip_weights, unfrozen


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
    """-E[log D(G(z))] of D1 §4, without a floor under the log (erratum 17)."""
    with tf.name_scope("losses/generator/"):
        return {"generator": -ops.mean(ops.log(ops.sigmoid(generated_logits)))}


def as_written_discriminator_losses(real_logits, generated_logits):
    """D1 §4's loss of D: its generated term has its sign reversed, so that D sends D(G(z)) to 1 and
    the loss has no lower bound; no floor under the logs (erratum 17)."""
    with tf.name_scope("losses/discriminator/"):
        real = -ops.mean(ops.log(ops.sigmoid(real_logits)))
        generated = ops.mean(ops.log(1.0 - ops.sigmoid(generated_logits)))
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


@keras.saving.register_keras_serializable(package="modern")
class DenseGan(Gan):
    """D1's GAN; `hparams` are `groundwork.models.DenseGan`."""

    def make_networks(self):
        self.generator = generator(self.hparams.noise_size)
        self.discriminator = discriminator()

    def adversarial_losses(self, logits):
        if self.hparams.variant == "corrected":
            return losses.adversarial_losses(logits, self.hparams.label_smoothing)
        values = as_written_generator_loss(logits["generated"])
        if "real" in logits:
            values.update(as_written_discriminator_losses(logits["real"], logits["generated"]))
        return values

    def post_update(self):
        clip_weights(unfrozen(self.discriminator.trainable_variables, self.hparams.options),
                     self.hparams.weight_clip)


def program(hparams, dtype, stock_optimizers=False):
    """D1's GAN with `hparams` (`groundwork.models.DenseGan`)."""
    return DenseGan.make(hparams, dtype, stock_optimizers).as_program()
