"""Small TensorFlow 1 programs that are used otherwise than they are trained."""

import tensorflow.compat.v1 as tf


def _weights(name, shape):
    return tf.get_variable(name, shape, initializer=tf.random_normal_initializer(seed=len(name)))


def _trained(net, feed, before=()):
    loss = tf.reduce_mean(tf.square(tf.matmul(net, _weights("out/kernel", [4, 2])) - 1.0))
    with tf.control_dependencies(before):
        train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    return {"train_op": train_op, "loss": loss, "feed": feed}


def switched():
    """Statistics of the batch, or moving ones, by a fed truth value; dropout by a fed share."""
    tf.disable_control_flow_v2()
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    keep = tf.placeholder(tf.float32, [], name="keep_prob")
    training = tf.placeholder(tf.bool, [], name="is_training")
    net = tf.matmul(x, _weights("hidden/kernel", [3, 4]))
    average = tf.get_variable("average", [4], initializer=tf.constant_initializer(0.25),
                              trainable=False)
    mean = tf.reduce_mean(net, 0)
    net = net - tf.cond(training, lambda: tf.identity(mean), lambda: tf.identity(average))
    return _trained(tf.nn.dropout(net, keep_prob=keep), {keep: 0.5, training: True},
                    [tf.assign(average, 0.9 * average + 0.1 * mean)])


def flagged():
    """A fed truth value of which nobody knows what it says."""
    tf.disable_control_flow_v2()
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    flag = tf.placeholder(tf.bool, [], name="flag")
    net = tf.matmul(x, _weights("hidden/kernel", [3, 4]))
    return _trained(tf.cond(flag, lambda: net * 2.0, lambda: net * 3.0), {flag: True})


def moving():
    """Counts how often it is used, whatever for."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    count = tf.get_variable("count", [], initializer=tf.zeros_initializer(), trainable=False)
    with tf.control_dependencies([tf.assign_add(count, 1.0)]):
        return _trained(tf.matmul(tf.identity(x), _weights("hidden/kernel", [3, 4])), {})


def noisy():
    """Noise that is no dropout."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    net = tf.matmul(x, _weights("hidden/kernel", [3, 4]))
    return _trained(net + tf.random_normal([8, 4]), {})
