"""Formulas that several models share."""

import tensorflow.compat.v1 as tf


def sigmoid_cross_entropy(logits, label):
    """Mean cross-entropy of `logits` [batch, 1] against one label, 0.0 or 1.0 (D3 §4.1)."""
    labels = tf.fill(tf.shape(logits), tf.constant(label, logits.dtype))
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))
