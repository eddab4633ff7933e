"""Conditional GAN on the networks of `mlp_gan` or `dcgan` (D0 §5, D4 §5; Mirza & Osindero 2014).

The documents name it only. As in the paper, both networks are given the label as a one-hot vector;
where it enters is our choice: beside the noise, and beside the pixels.
"""

import tensorflow.compat.v1 as tf

from legacy import losses
from legacy.layers import moving_averages
from legacy.models import wgan
from legacy.program import feeds, gan_phases, Program


def generator(z, classes, networks, is_training=True, reuse=None):
    """Images [batch, ...] from noise [batch, noise_size] and one-hot classes [batch, class_count].
    """
    with tf.name_scope("inputs/"):
        conditioned = tf.concat([z, classes], axis=1)
    return wgan.generator(conditioned, networks, is_training, reuse)


def discriminator(images, labels, networks, reuse=None):
    """Logits [batch, 1] that images [batch, ...] are real ones of their labels; without dropout.

    Args:
      images: [batch, 28, 28], or [batch, 64, 64, 3] for the networks of `dcgan`.
      labels: one-hot [batch, class_count].
    """
    with tf.name_scope("inputs/"):
        if networks == "mlp":
            flat = tf.reshape(images, [-1, 784])
            labelled = tf.concat([flat, labels], axis=1)
        else:
            maps = tf.tile(labels[:, tf.newaxis, tf.newaxis, :], [1, 64, 64, 1])
            labelled = tf.concat([images, maps], axis=3)
    return wgan.critic(labelled, networks, reuse)


def program(hparams, dtype):
    """The GAN with `hparams` (`groundwork.models.ConditionalGan`) in the default graph."""
    networks = hparams.networks
    with tf.name_scope("inputs"):
        images = tf.placeholder(dtype, (None,) + hparams.image_shape, name="images")
        labels = tf.placeholder(dtype, [None, hparams.class_count], name="labels")
        noise = tf.placeholder(dtype, [None, hparams.noise_size], name="noise")
        classes = tf.placeholder(dtype, [None, hparams.class_count], name="classes")
    generated = generator(noise, classes, networks)
    logits = {"real": discriminator(images, labels, networks),
              "generated": discriminator(generated, classes, networks, reuse=True)}
    samples = generated
    if networks == "dcgan":
        samples = generator(noise, classes, networks, is_training=False, reuse=True)
    return Program(
        inputs=feeds(hparams, images=images, labels=labels, noise=noise, classes=classes),
        outputs={"samples": samples},
        losses=losses.adversarial_losses(logits, hparams.label_smoothing),
        phases=gan_phases(hparams, dtype, lambda: moving_averages("generator/", hparams.options)),
        options=hparams.options,
        metrics=lambda: losses.mean_outputs(logits))
