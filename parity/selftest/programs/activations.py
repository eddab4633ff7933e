"""TensorFlow 1: activations and normalisations by plain operations. Ports: ../ports."""

import math

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _hidden(units=6):
    return tf.layers.dense(tf.placeholder(tf.float32, [8, 6], name="x"), units, name="hidden")


def _regression(net):
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    loss = tf.losses.mean_squared_error(labels, tf.layers.dense(net, 2, name="out"))
    return {"train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss), "loss": loss}


def _convolved():
    images = tf.placeholder(tf.float32, [8, 5, 5, 2], name="images")
    return tf.layers.conv2d(images, 4, 3, name="conv")


def _scale_and_shift(scope):
    """Variables gamma and beta, [4] each."""
    with tf.variable_scope(scope):
        return (tf.get_variable("gamma", [4], initializer=tf.ones_initializer()),
                tf.get_variable("beta", [4], initializer=tf.zeros_initializer()))


def prelu():
    net = _convolved()
    with tf.variable_scope("prelu"):
        alpha = tf.get_variable("alpha", [4], initializer=tf.constant_initializer(0.25))
    return _regression(tf.layers.flatten(tf.maximum(net, 0.0) + alpha * tf.minimum(net, 0.0)))


def selu():
    return _regression(tf.nn.selu(_hidden()))


def swish():
    net = _hidden()
    return _regression(net * tf.sigmoid(net))


def gelu():
    """GELU by erf, the exact formula."""
    net = _hidden()
    return _regression(net * 0.5 * (1.0 + tf.erf(net / math.sqrt(2.0))))


def gelu_by_tanh():
    """GELU by tanh, as in the first code of BERT."""
    net = _hidden()
    return _regression(net * 0.5 * (1.0 + tf.tanh(
        math.sqrt(2.0 / math.pi) * (net + 0.044715 * net * net * net))))


def relu_to_six():
    return _regression(tf.nn.relu6(_hidden() * 4.0))


def softsign():
    return _regression(tf.nn.softsign(_hidden()))


def both_signs():
    return _regression(tf.nn.crelu(_hidden()))


def maxout():
    return _regression(tf.reduce_max(tf.reshape(_hidden(6), [8, 3, 2]), 2))


def gated():
    values, gates = tf.split(_hidden(6), 2, 1)
    return _regression(values * tf.sigmoid(gates))


def temperature():
    """Cross-entropy of logits / 2.5, by the logarithm of probabilities + 1e-8."""
    logits = tf.layers.dense(tf.nn.relu(_hidden()), 4, name="logits")
    labels = tf.placeholder(tf.int32, [8], name="labels")
    probabilities = tf.nn.softmax(logits / 2.5)
    loss = -tf.reduce_mean(tf.reduce_sum(
        tf.one_hot(labels, 4) * tf.log(probabilities + 1e-8), 1))
    return {"train_op": tf.train.GradientDescentOptimizer(0.5).minimize(loss), "loss": loss}


def instance_norm():
    net = _convolved()
    gamma, beta = _scale_and_shift("norm")
    mean, variance = tf.nn.moments(net, [1, 2], keepdims=True)
    net = gamma * (net - mean) * tf.rsqrt(variance + 1e-5) + beta
    return _regression(tf.layers.flatten(tf.nn.relu(net)))


def group_norm():
    net = _convolved()
    gamma, beta = _scale_and_shift("norm")
    groups = tf.reshape(net, [8, 3, 3, 2, 2])
    mean, variance = tf.nn.moments(groups, [1, 2, 4], keepdims=True)
    net = tf.reshape((groups - mean) / tf.sqrt(variance + 1e-3), [8, 3, 3, 4]) * gamma + beta
    return _regression(tf.layers.flatten(tf.nn.relu(net)))


def unit_length():
    return _regression(tf.nn.l2_normalize(_hidden(), 1))


def batch_norm_without_training():
    """Batch norm in inference mode, whose scale is trained."""
    net = tf.layers.batch_normalization(_convolved(), training=False, name="norm")
    return _regression(tf.layers.flatten(tf.nn.relu(net)))


def batch_norm_without_scale():
    net = tf.layers.batch_normalization(_hidden(), scale=False, momentum=0.9, training=True,
                                        name="norm")
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        return _regression(tf.nn.relu(net))


def weight_norm():
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    with tf.variable_scope("weighted"):
        directions = tf.get_variable("directions", [6, 5])
        lengths = tf.get_variable("lengths", [5], initializer=tf.ones_initializer())
    kernel = lengths * tf.nn.l2_normalize(directions, 0)
    return _regression(tf.nn.tanh(tf.matmul(x, kernel)))
