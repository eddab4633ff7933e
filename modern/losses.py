"""Formulas that several models share."""

from keras import ops
import tensorflow as tf


def sigmoid_cross_entropy(logits, label):
    """Mean cross-entropy of `logits` [batch, 1] against one label, 0.0 or 1.0 (D3 §4.1).

    TensorFlow's function: `keras.ops.binary_crossentropy(from_logits=True)` looks behind a sigmoid,
    Keras's own or any in a graph, and takes its input: the double sigmoid of ledger 2 is undone.
    """
    labels = ops.full_like(logits, label)
    return ops.mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))
