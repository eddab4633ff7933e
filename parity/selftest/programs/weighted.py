"""TensorFlow 1: losses with weights, with reductions and of several terms. Ports: ../ports."""

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
NONE = tf.losses.Reduction.NONE


def _outputs(units):
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    return tf.layers.dense(tf.layers.dense(x, 5, tf.nn.tanh, name="hidden"), units, name="out")


def _trained(loss, feed=None):
    built = {"train_op": tf.train.GradientDescentOptimizer(0.5).minimize(loss), "loss": loss}
    return dict(built, feed=feed) if feed else built


def _labels(units):
    return tf.placeholder(tf.float32, [8, units], name="labels")


def _signs(units):
    """Placeholder of zeros and ones, and its feed."""
    labels = _labels(units)
    return labels, {labels: lambda step: np.random.RandomState(step).randint(0, 2, [8, units])}


def _weights(shape):
    """Placeholder of weights, of which some are 0, and its feed."""
    weights = tf.placeholder(tf.float32, shape, name="weights")
    return weights, {weights: lambda step: (np.arange(np.prod(shape)) + step).reshape(shape) % 3}


def squares_weighted():
    """Loss with a weight for each number; the mean is over weights that are not 0."""
    weights, feed = _weights([8, 2])
    return _trained(tf.losses.mean_squared_error(_labels(2), _outputs(2), weights), feed)


def distances_of_rows():
    """Loss with one weight a row, for both of its numbers."""
    weights, feed = _weights([8, 1])
    return _trained(tf.losses.absolute_difference(_labels(2), _outputs(2), weights), feed)


def huber_over_the_batch():
    loss = tf.losses.huber_loss(_labels(2), _outputs(2), delta=0.5, reduction=NONE)
    return _trained(tf.reduce_sum(loss) / 8.0)


def cosine():
    loss = tf.losses.cosine_distance(tf.nn.l2_normalize(_labels(3), 1),
                                     tf.nn.l2_normalize(_outputs(3), 1), axis=1)
    return _trained(loss)


def hinge_weighted():
    labels, feed = _signs(1)
    weights, of_weights = _weights([8, 1])
    feed.update(of_weights)
    return _trained(tf.losses.hinge_loss(labels, _outputs(1), weights), feed)


def log_of_another_epsilon():
    labels, feed = _signs(2)
    return _trained(tf.losses.log_loss(labels, tf.nn.sigmoid(_outputs(2)), epsilon=1e-5), feed)


def sigmoid_smoothed():
    labels, feed = _signs(2)
    return _trained(tf.losses.sigmoid_cross_entropy(labels, _outputs(2), label_smoothing=0.2),
                    feed)


def positives_weigh_more():
    labels, feed = _signs(2)
    return _trained(tf.reduce_mean(tf.nn.weighted_cross_entropy_with_logits(
        labels, _outputs(2), pos_weight=3.0)), feed)


def a_loss_of_each_row():
    """`minimize` of a vector, which takes the gradient of its sum."""
    labels = tf.placeholder(tf.int32, [8], name="labels")
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=_outputs(4))
    return {"train_op": tf.train.GradientDescentOptimizer(0.05).minimize(losses),
            "loss": tf.reduce_sum(losses)}


def softmax_of_the_sum():
    labels = tf.placeholder(tf.float32, [8, 4], name="labels")
    return _trained(0.05 * tf.losses.softmax_cross_entropy(
        labels, _outputs(4), reduction=tf.losses.Reduction.SUM))


def focal():
    labels, feed = _signs(2)
    logits = _outputs(2)
    cross = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    share = tf.sigmoid(logits)
    right = labels * share + (1.0 - labels) * (1.0 - share)
    return _trained(tf.reduce_mean(tf.pow(1.0 - right, 2.0) * cross), feed)


def triplet():
    """Triplet loss: one layer applied to three inputs."""
    shared = []
    for name in ("x", "near", "far"):
        x = tf.placeholder(tf.float32, [8, 6], name=name)
        with tf.variable_scope("", reuse=tf.AUTO_REUSE):
            shared.append(tf.layers.dense(x, 3, name="shared"))
    near, far = (tf.reduce_sum(tf.square(other - shared[0]), 1) for other in shared[1:])
    return _trained(tf.reduce_mean(tf.maximum(near - far + 1.0, 0.0)))


def two_heads():
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    net = tf.layers.dense(x, 5, tf.nn.relu, name="hidden")
    kinds = tf.placeholder(tf.int32, [8], name="kinds")
    sizes = tf.placeholder(tf.float32, [8, 1], name="sizes")
    tf.losses.sparse_softmax_cross_entropy(kinds, tf.layers.dense(net, 3, name="kind"))
    tf.losses.mean_squared_error(sizes, tf.layers.dense(net, 1, name="size"), weights=0.3)
    return _trained(tf.losses.get_total_loss())


def absolute_weights():
    loss = tf.losses.mean_squared_error(_labels(2), _outputs(2))
    return _trained(loss + 0.01 * tf.add_n([tf.reduce_sum(tf.abs(variable)) for variable in
                                            tf.trainable_variables() if "kernel" in variable.name]))


def both_regularizers():
    """L1 and L2 penalties of one layer's kernel, and a penalty on its output."""
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    hidden = tf.layers.dense(x, 5, tf.nn.sigmoid, name="hidden",
                             kernel_regularizer=tf.keras.regularizers.l1_l2(0.01, 0.02),
                             activity_regularizer=lambda net: 0.1 * tf.reduce_mean(tf.square(net)))
    tf.losses.mean_squared_error(_labels(2), tf.layers.dense(hidden, 2, name="out"))
    return _trained(tf.losses.get_total_loss())


def divergence():
    """Divergence of two categorical distributions, of which labels are one."""
    labels = tf.nn.softmax(_labels(3))
    logits = _outputs(3)
    return _trained(tf.reduce_mean(tf.reduce_sum(
        labels * (tf.log(labels) - tf.nn.log_softmax(logits)), 1)))
