"""A TensorFlow 1 program whose learning rates follow counters, variables, what is fed."""

import programs
import tensorflow.compat.v1 as tf


def _number(name, value, dtype=tf.float32):
    return tf.get_variable(name, [], dtype, tf.constant_initializer(value), trainable=False)


def _rates(step, uneven, fed):
    """A rate for each variable that is trained."""
    passed = tf.cast(step, tf.float32)
    return {
        "staircase": tf.train.exponential_decay(0.5, step, 1000, 0.96, staircase=True),
        "exponential": tf.train.exponential_decay(0.5, step, 300, 0.96),
        "piecewise": tf.train.piecewise_constant(step, [500, 20000], [0.3, 0.1, 0.01]),
        "polynomial": tf.train.polynomial_decay(0.5, step, 5000, 0.001, 2.0),
        "cosine": tf.train.cosine_decay(0.5, step, 3000, alpha=0.01),
        "held": _number("lr", 0.4) / (1.0 + _number("decay", 0.02) * passed),
        "followed": 0.5 * _number("factor", 1.0),
        "of_python": _number("rate_of_python", 0.2),
        "fed": fed,
        "unevenly": 0.1 / (1.0 + tf.cast(uneven, tf.float32)),
        "both": 0.1 / (1.0 + tf.cast(uneven, tf.float32) + passed)}


def scheduled():
    """One variable for each rate, and one whose rate is made while others are waited for."""
    tf.disable_control_flow_v2()
    step = tf.train.get_or_create_global_step()
    uneven, fed = _number("uneven", 1, tf.int32), tf.placeholder(tf.float32, [], name="fed_rate")
    updates = [_descent(name, rate) for name, rate in _rates(step, uneven, fed).items()]
    with tf.control_dependencies(updates):
        updates.append(_descent("waiting", 0.25))
    rising = 0.9 - 0.5 / (1.0 + tf.cast(step, tf.float32))
    updates.append(_descent("momentum", 0.25, tf.train.MomentumOptimizer(0.25, rising)))
    with tf.control_dependencies(updates):
        factor = next(each for each in tf.global_variables() if each.op.name == "factor")
        return {"train_op": tf.group(tf.assign_add(step, 1), tf.assign(uneven, 2 * uneven),
                                     tf.assign(factor, 0.5 * factor)), "feed": {fed: 0.125}}


def _descent(name, rate, optimizer=None):
    """Gradient descent, or what another optimiser does, of a variable of its own."""
    with tf.variable_scope(name):
        variable = programs.weights("w", [3, 2])
        loss = tf.reduce_sum(tf.square(variable))
        optimizer = optimizer or tf.train.GradientDescentOptimizer(rate)
        return optimizer.minimize(loss, var_list=[variable])
