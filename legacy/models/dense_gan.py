"""Tiny dense GAN of numbers in [0, 1], trained with weight clipping (D1 §3, §4)."""

import tensorflow.compat.v1 as tf

from legacy import losses
from legacy.program import clip_weights, feeds, gan_phases, Program, unfrozen


def generator(z, reuse=None):
    """Numbers [batch, 1] in (0, 1) from noise [batch, noise_size]."""
    with tf.variable_scope("generator", reuse=reuse):
        hidden = tf.layers.dense(z, 20, activation=tf.nn.relu, name="hidden")
        return tf.layers.dense(hidden, 1, activation=tf.nn.sigmoid, name="output")


def discriminator(x, reuse=None):
    """Logits [batch, 1] that numbers [batch, 1] are real; D(x) is their sigmoid."""
    with tf.variable_scope("discriminator", reuse=reuse):
        hidden = tf.layers.dense(x, 20, activation=tf.nn.relu, name="hidden")
        return tf.layers.dense(hidden, 1, activation=None, name="logits")


def as_written_generator_loss(generated_logits):
    """-E[log D(G(z))] of D1 §4, without a floor under the log (erratum 17)."""
    with tf.name_scope("losses/generator/"):
        return {"generator": -tf.reduce_mean(tf.log(tf.sigmoid(generated_logits)))}


def as_written_discriminator_losses(real_logits, generated_logits):
    """D1 §4's loss of D: its generated term has its sign reversed, so that D sends D(G(z)) to 1 and
    the loss has no lower bound; no floor under the logs (erratum 17)."""
    with tf.name_scope("losses/discriminator/"):
        real = -tf.reduce_mean(tf.log(tf.sigmoid(real_logits)))
        generated = tf.reduce_mean(tf.log(1.0 - tf.sigmoid(generated_logits)))
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


def program(hparams, dtype):
    """D1's GAN with `hparams` (`groundwork.models.DenseGan`) in the default graph."""
    with tf.name_scope("inputs"):
        numbers = tf.placeholder(dtype, [None, 1], name="images")
        noise = tf.placeholder(dtype, [None, hparams.noise_size], name="noise")
    generated = generator(noise)
    logits = {"real": discriminator(numbers), "generated": discriminator(generated, reuse=True)}
    if hparams.variant == "as_written":
        values = as_written_generator_loss(logits["generated"])
        values.update(as_written_discriminator_losses(logits["real"], logits["generated"]))
    else:
        values = losses.adversarial_losses(logits, hparams.label_smoothing)
    return Program(
        inputs=feeds(hparams, images=numbers, noise=noise),
        outputs={"samples": generated},
        losses=values,
        phases=gan_phases(hparams, dtype, lambda: clip_weights(
            unfrozen(tf.trainable_variables("discriminator/"), hparams.options),
            hparams.weight_clip)),
        options=hparams.options,
        metrics=lambda: losses.mean_outputs(logits))
