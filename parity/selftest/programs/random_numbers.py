"""TensorFlow 1: programs that draw random numbers while they train. Ports: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _regression(net):
    labels = tf.placeholder(tf.float32, [8, 2], name="labels")
    loss = tf.losses.mean_squared_error(labels, tf.layers.dense(net, 2, name="out"))
    return {"train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss), "loss": loss}


def _x():
    return tf.placeholder(tf.float32, [8, 6], name="x")


def dropout():
    net = tf.layers.dense(_x(), 5, tf.nn.relu, name="hidden")
    return _regression(tf.nn.dropout(net, rate=0.4))


def dropout_of_layers():
    net = tf.layers.dropout(_x(), 0.25, training=True)
    return _regression(tf.layers.dropout(tf.layers.dense(net, 5, name="hidden"), training=True))


def dropouts_named_backwards():
    """Two masks of one shape, of which the first one's name comes after the other's."""
    net = tf.layers.dropout(_x(), 0.25, training=True, name="outer")
    net = tf.layers.dense(net, 6, name="hidden")
    return _regression(tf.layers.dropout(net, 0.25, training=True, name="inner"))


def dropout_of_whole_channels():
    images = tf.placeholder(tf.float32, [8, 3, 3, 4], name="images")
    net = tf.nn.dropout(images, rate=0.5, noise_shape=[8, 1, 1, 4])
    return _regression(tf.layers.flatten(net))


def gaussian_noise():
    x = _x()
    return _regression(x + tf.random_normal(tf.shape(x), stddev=0.3))


def uniform_noise():
    x = _x()
    return _regression(x * tf.random_uniform([8, 6], 0.5, 1.5))


def latent():
    """The reparametrisation of a variational autoencoder."""
    mean, log_variance = tf.split(tf.layers.dense(_x(), 6, name="encoder"), 2, axis=1)
    z = mean + tf.exp(0.5 * log_variance) * tf.random_normal([8, 3])
    divergence = -0.5 * tf.reduce_mean(
        1 + log_variance - tf.square(mean) - tf.exp(log_variance))
    labels = tf.placeholder(tf.float32, [8, 6], name="labels")
    logits = tf.layers.dense(z, 6, name="decoder")
    loss = tf.losses.mean_squared_error(labels, logits) + 0.1 * divergence
    return {"train_op": tf.train.AdamOptimizer(0.01).minimize(loss), "loss": loss}
