"""GAN of recurrent networks (D3 §2; Esteban, Hyland & Rätsch 2017)."""

import tensorflow.compat.v1 as tf

from legacy import losses
from legacy.attention import self_attention
from legacy.program import feeds, gan_phases, Program


def lstm(net, units):
    """Outputs [batch, steps, units] of an LSTM that reads [batch, steps, features]."""
    cell = tf.nn.rnn_cell.LSTMCell(units, name="lstm_cell")
    outputs, _ = tf.nn.dynamic_rnn(cell, net, dtype=net.dtype, scope="lstm")
    return outputs


def recurrent(net, units, attention):
    """Outputs [batch, steps, units] of an LSTM; with attention "steps", mixed over the steps."""
    hidden = lstm(net, units)
    if attention == "steps":
        hidden, _ = self_attention(hidden)
    return hidden


def generator(z, units, attention, features, activation, reuse=None):
    """Sequences [batch, steps, features] from noise [batch, steps, noise_size]."""
    with tf.variable_scope("generator", reuse=reuse):
        hidden = recurrent(z, units, attention)
        return tf.layers.dense(hidden, features, activation=activation, name="output")


def discriminator(x, units, attention, reuse=None):
    """Logits [batch, steps, 1] that sequences [batch, steps, features] are real so far."""
    with tf.variable_scope("discriminator", reuse=reuse):
        hidden = recurrent(x, units, attention)
        return tf.layers.dense(hidden, 1, activation=None, name="output")


def program(hparams, dtype):
    """The GAN with `hparams` (`groundwork.models.RecurrentGan`) in the default graph.

    The losses are means over all steps of all sequences.
    """
    steps, features = hparams.image_shape
    units, attention = hparams.hidden_units, hparams.attention
    activation = tf.nn.softmax if hparams.sequence == "text" else tf.nn.tanh
    with tf.name_scope("inputs"):
        images = tf.placeholder(dtype, [None, steps, features], name="images")
        noise = tf.placeholder(dtype, [None, steps, hparams.noise_size], name="noise")
    generated = generator(noise, units, attention, features, activation)
    logits = {"real": discriminator(images, units, attention),
              "generated": discriminator(generated, units, attention, reuse=True)}
    return Program(
        inputs=feeds(hparams, images=images, noise=noise),
        outputs={"samples": generated},
        losses=losses.adversarial_losses(logits, hparams.label_smoothing),
        phases=gan_phases(hparams, dtype),
        options=hparams.options,
        metrics=lambda: losses.mean_outputs(logits))
