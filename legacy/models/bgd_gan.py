"""GAN trained by batch gradient descent in a Session loop (D4 §3, §4)."""

import tensorflow.compat.v1 as tf

from legacy import losses
from legacy.program import feeds, gan_phases, Program


def generator(z, reuse=None):
    """Images [batch, 28, 28], unbounded, from noise [batch, noise_size]."""
    with tf.variable_scope("generator", reuse=reuse):
        hidden1 = tf.layers.dense(z, 128, activation=tf.nn.leaky_relu, name="hidden1")
        hidden2 = tf.layers.dense(hidden1, 128, activation=tf.nn.leaky_relu, name="hidden2")
        output = tf.layers.dense(hidden2, 784, activation=None, name="output")
        return tf.reshape(output, [-1, 28, 28], name="images")


def discriminator(image, reuse=None):
    """Logits [batch, 1] that images [batch, 28, 28] are real; D(image) is their sigmoid."""
    with tf.variable_scope("discriminator", reuse=reuse):
        flat = tf.reshape(image, [-1, 784], name="flat")
        hidden1 = tf.layers.dense(flat, 128, activation=tf.nn.leaky_relu, name="hidden1")
        hidden2 = tf.layers.dense(hidden1, 128, activation=tf.nn.leaky_relu, name="hidden2")
        return tf.layers.dense(hidden2, 1, activation=None, name="logits")


def generator_loss(generated_logits):
    """E[log(1 - D(G(z)))], what G can change of D4 §3.1's game; through logits."""
    with tf.name_scope("losses/generator/"):
        return {"generator": -losses.sigmoid_cross_entropy(generated_logits, 0.0)}


def as_written_losses(generated_logits, ones_logits):
    """D4 §4's two loss functions, one formula: G(z) in the real image's place, an all-ones image in
    the generated one's, so that G and D cooperate; no floor under the logs (errata 11, 14)."""
    with tf.name_scope("losses/shared/"):
        shared = -tf.reduce_mean(
            tf.log(tf.sigmoid(generated_logits)) + tf.log(1.0 - tf.sigmoid(ones_logits)))
        return {"generator": shared, "discriminator": shared}


def program(hparams, dtype):
    """D4's GAN with `hparams` (`groundwork.models.BgdGan`) in the default graph."""
    with tf.name_scope("inputs"):
        images = tf.placeholder(dtype, [None, 28, 28], name="images")
        noise = tf.placeholder(dtype, [None, hparams.noise_size], name="noise")
    generated = generator(noise)
    if hparams.variant == "as_written":
        with tf.name_scope("inputs/"):
            ones = tf.ones_like(generated, name="ones")
        logits = {"generated": discriminator(generated), "ones": discriminator(ones, reuse=True)}
        values = as_written_losses(logits["generated"], logits["ones"])
    else:
        logits = {"real": discriminator(images), "generated": discriminator(generated, reuse=True)}
        values = losses.adversarial_losses(logits, hparams.label_smoothing, generator_loss)
    return Program(
        inputs=feeds(hparams, images=images, noise=noise),
        outputs={"samples": generated},
        losses=values,
        phases=gan_phases(hparams, dtype),
        options=hparams.options,
        metrics=lambda: losses.mean_outputs(logits))
