"""Small TensorFlow 1 programs with what a replay has to settle, one function each."""

import numpy as np
import tensorflow.compat.v1 as tf

X = np.random.RandomState(0).standard_normal((8, 3)).astype(np.float32)


def _weights(name, shape):
    start = np.random.RandomState(len(name)).standard_normal(shape).astype(np.float32)
    return tf.get_variable(name, initializer=tf.constant(start))


def counts_while_it_reads():
    """A loss that depends on a counter, which the same call counts up in no order."""
    count = tf.get_variable("count", initializer=tf.constant(1.0), trainable=False)
    loss = tf.reduce_sum(tf.square(tf.matmul(tf.constant(X), _weights("w", [3, 2])))) * count
    update = tf.train.GradientDescentOptimizer(0.001).minimize(loss)
    return {"loss": loss, "train_op": tf.group(update, tf.assign_add(count, 1.0))}


def writes_twice(values=(1.0, 10.0)):
    """A moving average that two operations of one call move, in no order."""
    average = tf.get_variable("average", initializer=tf.constant(0.0), trainable=False)
    w = _weights("w", [3])
    moves = [tf.assign(average, average.read_value() * 0.5 + value) for value in values]
    update = tf.train.GradientDescentOptimizer(0.1).minimize(
        tf.reduce_sum(tf.square(w)) * (1.0 + 0.0 * average))
    return {"train_op": tf.group(update, *moves)}


def writes_four_times():
    """A moving average that four operations of one call move, in no order."""
    return writes_twice((1.0, 10.0, 100.0, 1000.0))


def bias_before_batch_norm():
    """A bias whose gradient is zero but for rounding, which Adam makes full steps of."""
    x = tf.placeholder(tf.float32, [16, 3], name="x")
    net = tf.matmul(x, _weights("kernel", [3, 4])) + _weights("bias", [4])
    mean, variance = tf.nn.moments(net, [0])
    net = tf.nn.relu(tf.nn.batch_normalization(net, mean, variance, None, None, 1e-3))
    loss = tf.reduce_mean(tf.square(tf.matmul(net, _weights("out", [4, 1])) - 1.0))
    return {"loss": loss, "train_op": tf.train.AdamOptimizer(0.01).minimize(loss)}


def bias_under_a_written_rule():
    """The same bias, its steps made by assignments instead of an apply operation."""
    x = tf.placeholder(tf.float32, [16, 3], name="x")
    net = tf.matmul(x, _weights("kernel", [3, 4])) + _weights("bias", [4])
    mean, variance = tf.nn.moments(net, [0])
    net = tf.nn.batch_normalization(net, mean, variance, None, None, 1e-3)
    loss = tf.reduce_mean(tf.square(tf.matmul(tf.tanh(net), _weights("out", [4, 1])) - 1.0))
    updates = []
    for variable, gradient in zip(tf.trainable_variables(),
                                  tf.gradients(loss, tf.trainable_variables())):
        m, v = (tf.get_variable(variable.op.name + slot, variable.shape.as_list(),
                                initializer=tf.zeros_initializer(), trainable=False)
                for slot in ("/m", "/v"))
        new_m, new_v = 0.9 * m + 0.1 * gradient, 0.99 * v + 0.01 * tf.square(gradient)
        updates += [variable.assign(variable - 0.01 * (new_m / (tf.sqrt(new_v) + 1e-6))),
                    m.assign(new_m), v.assign(new_v)]
    return {"loss": loss, "train_op": tf.group(updates)}


def draws_in_a_loop():
    """Noise that a loop draws anew in each of its iterations."""
    w = _weights("w", [3])
    noisy = tf.while_loop(
        lambda i, total: i < 3,
        lambda i, total: (i + 1, total + w * tf.random_normal([3])), [tf.constant(0), w * 0.0])[1]
    loss = tf.reduce_sum(tf.square(noisy - 1.0))
    return {"loss": loss, "train_op": tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss)}
