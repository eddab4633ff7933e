"""TensorFlow 1: images that are translated there and back, with a pool. Port: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _translated(images, scope):
    with tf.variable_scope(scope):
        net = tf.layers.conv2d(images, 3, 3, padding="same", activation=tf.nn.relu, name="conv")
        return tf.layers.conv2d(net, 1, 3, padding="same", activation=tf.tanh, name="out")


def _judged(images):
    with tf.variable_scope("discriminator", reuse=tf.AUTO_REUSE):
        net = tf.layers.conv2d(images, 4, 3, strides=2, activation=tf.nn.leaky_relu, name="conv")
        return tf.layers.conv2d(net, 1, 2, name="out")


def _least_squares(outputs, label):
    return tf.reduce_mean(tf.squared_difference(outputs, label))


def pooled():
    """Two calls a step: D is shown a mixture of the pool and of new images, which the pool keeps
    afterwards."""
    a = tf.placeholder(tf.float32, [4, 6, 6, 1], name="a")
    b = tf.placeholder(tf.float32, [4, 6, 6, 1], name="b")
    kept = tf.placeholder(tf.float32, [4, 1, 1, 1], name="kept")
    made = _translated(a, "there")
    returned = _translated(made, "back")
    g_loss = _least_squares(_judged(made), 1.0) + 10.0 * tf.reduce_mean(tf.abs(returned - a))
    pool = tf.get_variable("pool", [4, 6, 6, 1], trainable=False,
                           initializer=tf.random_uniform_initializer(-1.0, 1.0))
    pooled_images = pool.read_value()
    shown = kept * pooled_images + (1.0 - kept) * made
    d_loss = _least_squares(_judged(b), 1.0) + _least_squares(_judged(shown), 0.0)
    after = kept * made + (1.0 - kept) * pooled_images
    g_train_op, d_train_op = (
        tf.train.AdamOptimizer(0.01, beta1=0.5).minimize(loss, var_list=variables)
        for loss, variables in (
            (g_loss, tf.trainable_variables("there") + tf.trainable_variables("back")),
            (d_loss, tf.trainable_variables("discriminator"))))
    with tf.control_dependencies([d_train_op]):
        d_train_op = tf.assign(pool, after).op
    return {"train_ops": [g_train_op, d_train_op], "losses": [g_loss, d_loss]}
