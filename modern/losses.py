"""Losses that several models share."""

from keras import ops
import tensorflow as tf


def sigmoid_cross_entropy(logits, label):
    """Mean cross-entropy of `logits` [batch, 1] against one label in [0, 1] (D3 §4.1).

    TensorFlow's function: `keras.ops.binary_crossentropy(from_logits=True)` looks behind a sigmoid,
    Keras's own or any in a graph, and takes its input: the double sigmoid of erratum 2 is undone.
    """
    labels = ops.full_like(logits, label)
    return ops.mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


def generator_loss(generated_logits):
    """G makes D wrong: -E[log D(G(z))] (Goodfellow et al. 2014, the non-saturating loss)."""
    with tf.name_scope("losses/generator/"):
        return {"generator": sigmoid_cross_entropy(generated_logits, 1.0)}


def discriminator_losses(real_logits, generated_logits, label_smoothing=0.0):
    """D tells real from generated: -E[log D(x)] - E[log(1 - D(G(z)))]; and both parts.

    Args:
      real_logits, generated_logits: [batch, 1].
      label_smoothing: the label of real images is 1 minus this (Salimans et al. 2016).
    """
    with tf.name_scope("losses/discriminator/"):
        real = sigmoid_cross_entropy(real_logits, 1.0 - label_smoothing)
        generated = sigmoid_cross_entropy(generated_logits, 0.0)
        return {"discriminator": real + generated,
                "discriminator/real": real,
                "discriminator/generated": generated}


def adversarial_losses(logits, label_smoothing, generator=generator_loss):
    """The losses of both networks from D's logits; of G alone without real images.

    Args:
      logits: `{"real": [batch, 1], "generated": [batch, 1]}`.
      label_smoothing: the label of real images is 1 minus this.
      generator: function from the logits of generated images to G's loss.
    """
    values = generator(logits["generated"])
    if "real" in logits:
        values.update(discriminator_losses(logits["real"], logits["generated"], label_smoothing))
    return values


def mean_outputs(logits):
    """D's mean output, a probability, on each kind of image.

    Args:
      logits: `{kind: [batch, 1]}`, such as "real" and "generated".

    Returns:
      `{"output/<kind>": scalar}`.
    """
    return {"output/" + kind: ops.mean(ops.sigmoid(values))
            for kind, values in logits.items()}
