"""TensorFlow 1: one small network under each loss of `tf.losses`. Ports: ../ports."""

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _network(units):
    """Placeholder [batch, 6] and outputs [batch, units]."""
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    return tf.layers.dense(tf.layers.dense(x, 5, tf.nn.tanh, name="hidden"), units, name="out")


def _trained(loss):
    return {"train_op": tf.train.GradientDescentOptimizer(0.5).minimize(loss), "loss": loss}


def _labels(units):
    """Placeholder [batch, units] of zeros and ones, and its feed."""
    labels = tf.placeholder(tf.float32, [8, units], name="labels")
    return labels, {labels: lambda step: np.random.RandomState(step).randint(0, 2, [8, units])}


def softmax():
    labels = tf.placeholder(tf.float32, [8, 4], name="labels")
    return _trained(tf.losses.softmax_cross_entropy(labels, _network(4)))


def softmax_smoothed():
    labels = tf.placeholder(tf.float32, [8, 4], name="labels")
    return _trained(tf.losses.softmax_cross_entropy(labels, _network(4), label_smoothing=0.1))


def sparse_softmax():
    labels = tf.placeholder(tf.int64, [8], name="labels")
    return _trained(tf.losses.sparse_softmax_cross_entropy(labels, _network(4)))


def sparse_softmax_weighted():
    """Weighted cross-entropy: rows of weight 0 do not count in the mean."""
    labels = tf.placeholder(tf.int64, [8], name="labels")
    weights = tf.placeholder(tf.float32, [8], name="weights")
    loss = tf.losses.sparse_softmax_cross_entropy(labels, _network(4), weights=weights)
    return dict(_trained(loss), feed={weights: np.arange(8) % 3})


def sigmoid():
    labels, feed = _labels(3)
    return dict(_trained(tf.losses.sigmoid_cross_entropy(labels, _network(3))), feed=feed)


def sigmoid_weighted():
    labels, feed = _labels(3)
    loss = tf.losses.sigmoid_cross_entropy(labels, _network(3), weights=0.3)
    return dict(_trained(loss), feed=feed)


def mean_squared():
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    return _trained(tf.losses.mean_squared_error(labels, _network(2)))


def mean_squared_sum():
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    return _trained(tf.losses.mean_squared_error(
        labels, _network(2), reduction=tf.losses.Reduction.SUM) * 0.01)


def huber():
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    return _trained(tf.losses.huber_loss(labels, _network(2), delta=0.7))


def hinge():
    labels, feed = _labels(1)
    return dict(_trained(tf.losses.hinge_loss(labels, _network(1))), feed=feed)


def absolute_difference():
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    return _trained(tf.losses.absolute_difference(labels, _network(2)))


def log():
    labels, feed = _labels(2)
    loss = tf.losses.log_loss(labels, tf.nn.sigmoid(_network(2)))
    return dict(_trained(loss), feed=feed)


def regularized():
    labels = tf.placeholder(tf.int64, [8], name="labels")
    regularizer = tf.keras.regularizers.l2(0.01)
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    logits = tf.layers.dense(x, 4, kernel_regularizer=regularizer, name="out")
    tf.losses.sparse_softmax_cross_entropy(labels, logits)
    return _trained(tf.losses.get_total_loss())


def half_l2():
    """Penalty by `tf.nn.l2_loss`, which is half the sum of squares."""
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    loss = tf.losses.mean_squared_error(labels, _network(2))
    kernels = [variable for variable in tf.trainable_variables() if "kernel" in variable.name]
    return _trained(loss + 0.02 * tf.add_n([tf.nn.l2_loss(kernel) for kernel in kernels]))
