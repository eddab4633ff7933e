"""GAN of fully connected layers (D3 §4.1)."""

import numpy as np
import tensorflow.compat.v1 as tf

from legacy import losses
from legacy.program import feeds, gan_phases, Program


def generator(z, reuse=None):
    """Images [batch, 28, 28], unbounded, from noise [batch, noise_size]."""
    with tf.variable_scope("generator", reuse=reuse):
        hidden1 = tf.layers.dense(z, 128, activation=tf.nn.leaky_relu, name="hidden1")
        hidden2 = tf.layers.dense(hidden1, 256, activation=tf.nn.leaky_relu, name="hidden2")
        hidden3 = tf.layers.dense(hidden2, 512, activation=tf.nn.leaky_relu, name="hidden3")
        output = tf.layers.dense(hidden3, 784, activation=None, name="output")
        return tf.reshape(output, [-1, 28, 28], name="images")


def trunk(x):
    """Features [batch, 128] of images [batch, 28, 28], or other tensors: D but for its output."""
    flat = tf.reshape(x, [-1, np.prod(x.shape.as_list()[1:])], name="flat")
    hidden1 = tf.layers.dense(flat, 512, activation=tf.nn.leaky_relu, name="hidden1")
    hidden2 = tf.layers.dense(hidden1, 256, activation=tf.nn.leaky_relu, name="hidden2")
    return tf.layers.dense(hidden2, 128, activation=tf.nn.leaky_relu, name="hidden3")


def discriminator(x, reuse=None):
    """Logits [batch, 1] that images [batch, 28, 28], or other tensors [batch, ...], are real."""
    with tf.variable_scope("discriminator", reuse=reuse):
        return tf.layers.dense(trunk(x), 1, activation=None, name="output")


def as_written_losses(generated_logits):
    """One loss for both networks; D's sigmoid output is passed as logits (errata 2, 3)."""
    with tf.name_scope("losses/shared/"):
        shared = losses.sigmoid_cross_entropy(tf.sigmoid(generated_logits), 1.0)
        return {"generator": shared, "discriminator": shared}


def program(hparams, dtype):
    """D3's GAN with `hparams` (`groundwork.models.MlpGan`) in the default graph."""
    with tf.name_scope("inputs"):
        images = tf.placeholder(dtype, [None, 28, 28], name="images")
        noise = tf.placeholder(dtype, [None, hparams.noise_size], name="noise")
    generated = generator(noise)
    if hparams.variant == "as_written":
        logits = {"generated": discriminator(generated)}
        values = as_written_losses(logits["generated"])
    else:
        logits = {"real": discriminator(images), "generated": discriminator(generated, reuse=True)}
        values = losses.adversarial_losses(logits, hparams.label_smoothing)
    return Program(
        inputs=feeds(hparams, images=images, noise=noise),
        outputs={"samples": generated},
        losses=values,
        phases=gan_phases(hparams, dtype),
        options=hparams.options,
        metrics=lambda: losses.mean_outputs(logits))
