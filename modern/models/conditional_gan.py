"""Conditional GAN on the networks of `mlp_gan` or `dcgan` (D0 §5, D4 §5; Mirza & Osindero 2014).

The documents name it only. As in the paper, both networks are given the label as a one-hot vector;
where it enters is our choice: beside the noise, and beside the pixels.
"""

import keras
from keras import ops
import tensorflow as tf

from modern.layers import update_moving_averages
from modern.models import wgan
from modern.other_networks import OtherNetworks


def generator(noise_size, class_count, networks):
    """Images [batch, ...] from noise and one-hot classes, [batch, noise_size + class_count]."""
    return wgan.generator(noise_size + class_count, networks)


def discriminator(class_count, networks):
    """Logits [batch, 1] that images [batch, ...] are real ones of their labels; without dropout."""
    return wgan.critic(networks, class_count)


@keras.saving.register_keras_serializable(package="modern")
class ConditionalGan(OtherNetworks):
    """The conditional GAN; `hparams` are `groundwork.models.ConditionalGan`."""

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
        with tf.name_scope("inputs/"):
            if self.hparams.networks == "mlp":
                flat = ops.reshape(images, [-1, 784])
                labelled = ops.concatenate([flat, labels], axis=1)
            else:
                maps = ops.tile(labels[:, None, None, :], [1, 64, 64, 1])
                labelled = ops.concatenate([images, maps], axis=3)
        return super().judge(labelled)

    def logits(self, inputs):
        logits = {}
        if "images" in inputs:
            logits["real"] = self.judge(inputs["images"], inputs["labels"])
        generated = self.generate(inputs, training=True)
        logits["generated"] = self.judge(generated, inputs["classes"])
        return logits

    def call(self, inputs):
        return self.generate(inputs, training=False)

    def post_update(self):
        update_moving_averages(self.generator, self.hparams.options)


def program(hparams, dtype, stock_optimizers=False):
    """The GAN with `hparams` (`groundwork.models.ConditionalGan`)."""
    return ConditionalGan.make(hparams, dtype, stock_optimizers).as_program()
