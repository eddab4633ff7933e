"""A TensorFlow 1 program whose layers are written by hand, as in GPT-2 and its like."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _norm(x, name, normalized):
    """Layer norm over the last axis; `normalized` is a function of (x - mean, variance)."""
    units = x.shape.as_list()[-1]
    with tf.variable_scope(name):
        gamma = tf.get_variable("g", [units], initializer=tf.ones_initializer())
        beta = tf.get_variable("b", [units], initializer=tf.zeros_initializer())
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)
    variance = tf.reduce_mean(tf.square(x - mean), axis=-1, keepdims=True)
    return normalized(x - mean, variance) * gamma + beta


def _dense(x, name, units):
    """Product with a kernel [1, inputs, units]."""
    shape = x.shape.as_list()
    with tf.variable_scope(name):
        kernel = tf.get_variable("w", [1, shape[-1], units])
        bias = tf.get_variable("b", [units], initializer=tf.zeros_initializer())
    rows = tf.matmul(tf.reshape(x, [-1, shape[-1]]), tf.reshape(kernel, [-1, units])) + bias
    return tf.reshape(rows, shape[:-1] + [units])


def normalised():
    x = tf.placeholder(tf.float32, [2, 3, 4], name="x")
    net = _norm(x, "by_root", lambda above, variance: above * tf.rsqrt(variance + 1e-5))
    net = _dense(net, "c_fc", 6)
    net = _norm(net, "by_division", lambda above, variance: above / tf.sqrt(variance + 1e-6))
    net = tf.reduce_max(net, 1)
    mean, variance = tf.nn.moments(net, [-1], keepdims=True)
    with tf.variable_scope("by_power"):
        gamma = tf.get_variable("g", [6], initializer=tf.ones_initializer())
        beta = tf.get_variable("b", [6], initializer=tf.zeros_initializer())
    net = gamma * ((net - mean) / (variance + 1e-8) ** 0.5) + beta
    loss = tf.reduce_mean(tf.square(net - 1.0))
    return {"train_op": tf.train.AdamOptimizer(0.01).minimize(loss), "loss": loss}
