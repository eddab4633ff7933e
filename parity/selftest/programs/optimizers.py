"""TensorFlow 1: a regression under each optimiser of `tf.train`. Ports: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _loss():
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    hidden = tf.layers.dense(x, 5, tf.nn.softplus, name="hidden")
    return tf.losses.mean_squared_error(labels, tf.layers.dense(hidden, 2, name="out"))


def _trained(optimizer):
    loss = _loss()
    return {"train_op": optimizer.minimize(loss), "loss": loss}


def gradient_descent():
    return _trained(tf.train.GradientDescentOptimizer(0.1))


def momentum():
    return _trained(tf.train.MomentumOptimizer(0.03, 0.9))


def nesterov():
    return _trained(tf.train.MomentumOptimizer(0.03, 0.8, use_nesterov=True))


def adam():
    return _trained(tf.train.AdamOptimizer(0.01))


def adam_of_gans():
    return _trained(tf.train.AdamOptimizer(0.0002, beta1=0.5, epsilon=1e-4))


def rmsprop():
    return _trained(tf.train.RMSPropOptimizer(0.01))


def rmsprop_momentum():
    return _trained(tf.train.RMSPropOptimizer(0.01, decay=0.95, momentum=0.9, epsilon=0.01))


def rmsprop_centered():
    return _trained(tf.train.RMSPropOptimizer(0.01, decay=0.95, momentum=0.7, centered=True))


def adagrad():
    return _trained(tf.train.AdagradOptimizer(0.1))


def adadelta():
    return _trained(tf.train.AdadeltaOptimizer(1.0, rho=0.9, epsilon=1e-6))


def ftrl():
    return _trained(tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.001,
                                           l2_regularization_strength=0.01))
