"""Conditional GAN on the networks of `mlp_gan` or `dcgan` (D0 §5, D4 §5; Mirza & Osindero 2014).

The documents name it only. As in the paper, both networks are given the label as a one-hot vector;
where it enters is our choice: beside the noise, and beside the pixels.
"""

import keras
from keras import ops
import tensorflow as tf

from modern.gan import Gan
from modern.layers import update_moving_averages
from modern.models import dcgan, mlp_gan


def generator(noise_size, class_count, networks):
    """Images [batch, ...] from noise and one-hot classes, [batch, noise_size + class_count]."""
    if networks == "mlp":
        return mlp_gan.generator(noise_size + class_count)
    return dcgan.generator(noise_size + class_count)


def discriminator(class_count, networks):
    """Logits [batch, 1] that images [batch, ...] are real ones of their labels; without dropout."""
    if networks == "mlp":
        return mlp_gan.discriminator((784 + class_count,))
    return dcgan.discriminator(0.0, 3 + class_count)


@keras.saving.register_keras_serializable(package="modern")
class ConditionalGan(Gan):
    """The conditional GAN; `hparams` are `groundwork.models.ConditionalGan`."""

    @property
    def XLA(self):
        """True where `modern.train` compiles the steps."""
        return dcgan.Dcgan.XLA if self.hparams.networks == "dcgan" else Gan.XLA

    def make_networks(self):
        hparams = self.hparams
        self.generator = generator(hparams.noise_size, hparams.class_count, hparams.networks)
        self.discriminator = discriminator(hparams.class_count, hparams.networks)

    def generate(self, inputs, training):
        """Images [batch, ...] of `{"noise": ..., "classes": ...}`."""
        with tf.name_scope("inputs/"):
            conditioned = ops.concatenate([inputs["noise"], inputs["classes"]], axis=1)
        return self.generator(conditioned, training=training)

    def judge(self, images, labels):
        """D's logits [batch, 1] on images [batch, ...] with one-hot labels [batch, class_count]."""
        if self.hparams.networks == "mlp":
            with tf.name_scope("inputs/"):
                flat = ops.reshape(images, [-1, 784])
                labelled = ops.concatenate([flat, labels], axis=1)
            return self.discriminator(labelled)
        with tf.name_scope("inputs/"):
            maps = ops.tile(labels[:, None, None, :], [1, 64, 64, 1])
            labelled = ops.concatenate([images, maps], axis=3)
            seed = ops.zeros((2,), "int32")
        return self.discriminator([labelled, seed])

    def logits(self, inputs):
        logits = {}
        if "images" in inputs:
            logits["real"] = self.judge(inputs["images"], inputs["labels"])
        generated = self.generate(inputs, training=True)
        logits["generated"] = self.judge(generated, inputs["classes"])
        return logits

    def call(self, inputs):
        return self.generate(inputs, training=False)

    def samples(self, inputs):
        return self(inputs)

    def post_update(self):
        update_moving_averages(self.generator, self.hparams.options)


def program(hparams, dtype, stock_optimizers=False):
    """The GAN with `hparams` (`groundwork.models.ConditionalGan`)."""
    return ConditionalGan.make(hparams, dtype, stock_optimizers).as_program()
