"""Programs of a small regression: one that is sound, and two that do not stay finite."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _trained(loss_of, rate=0.1):
    inputs = tf.placeholder(tf.float32, [None, 4], name="inputs")
    targets = tf.placeholder(tf.float32, [None, 2], name="targets")
    hidden = tf.layers.dense(inputs, 5, tf.tanh, name="hidden")
    loss = loss_of(tf.layers.dense(hidden, 2, name="out"), targets)
    return {"inputs": {"inputs": inputs, "targets": targets}, "loss": loss,
            "train_op": tf.train.GradientDescentOptimizer(rate).minimize(loss)}


def sound():
    return _trained(lambda outputs, targets: tf.reduce_mean(tf.square(outputs - targets)))


def no_number():
    """The loss is no number from the start; what it trains on is."""
    return _trained(lambda outputs, targets: tf.reduce_mean(tf.square(outputs - targets))
                    + 0.0 * tf.log(-1.0 - tf.reduce_sum(tf.square(targets))))


def diverging():
    """The weights leave the finite numbers after some steps."""
    return _trained(lambda outputs, targets: tf.reduce_mean(
        tf.square(tf.square(outputs - targets))), rate=30.0)
