"""Small TensorFlow 1 programs, one function each, whose numbers the tests know."""

import numpy as np
import tensorflow.compat.v1 as tf


def weights(name, shape, stddev=0.05):
    """A variable that starts truncated normal."""
    return tf.get_variable(name, shape, initializer=tf.truncated_normal_initializer(stddev=stddev))


def _conv(x, name, filters, size, stride, padding="SAME"):
    with tf.variable_scope(name):
        kernel = weights("kernel", [size, size, int(x.shape[-1]), filters], 0.02)
        return tf.nn.conv2d(x, kernel, strides=[1, stride, stride, 1], padding=padding), kernel


def _dense(x, name, units, use_bias=True):
    with tf.variable_scope(name):
        kernel = tf.get_variable("kernel", [int(x.shape[-1]), units],
                                 initializer=tf.glorot_uniform_initializer())
        product = tf.matmul(x, kernel)
        if not use_bias:
            return product
        bias = tf.get_variable("bias", [units], initializer=tf.constant_initializer(0.1))
        return tf.nn.bias_add(product, bias)


def _batch_norm(x, name, decay=0.97, epsilon=0.002):
    """Fused batch norm with gamma and beta, and its moving averages."""
    with tf.variable_scope(name):
        size = [int(x.shape[-1])]
        gamma = tf.get_variable("gamma", size, initializer=tf.ones_initializer())
        beta = tf.get_variable("beta", size, initializer=tf.zeros_initializer())
        mean = tf.get_variable("moving_mean", size, initializer=tf.zeros_initializer(),
                               trainable=False)
        y, batch_mean, _ = tf.nn.fused_batch_norm(x, gamma, beta, epsilon=epsilon)
        tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign_sub(
            mean, (mean - batch_mean) * (1.0 - decay)))
        return y


def images():
    """A convolutional classifier: batch norm, dropout, L2, RMSProp, a staircase, averages."""
    x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="images")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    with tf.variable_scope("net"):
        net, kernel = _conv(x, "conv1", 4, 3, 2)
        net = tf.nn.relu(_batch_norm(net, "norm1"))
        net = tf.nn.max_pool2d(net, 2, 2, "VALID")
        net = tf.reshape(net, [-1, 16])
        net = tf.nn.dropout(net, rate=0.25)
        net = tf.nn.leaky_relu(_dense(net, "hidden", 6), alpha=0.3)
        logits = _dense(net, "logits", 5)
    cross_entropy = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=labels, logits=logits))
    loss = tf.add(cross_entropy, 0.004 * tf.nn.l2_loss(kernel), name="loss")
    step = tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.02, step, 10, 0.94, staircase=True)
    optimizer = tf.train.RMSPropOptimizer(rate, decay=0.8, momentum=0.7, epsilon=0.001)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        minimize = optimizer.minimize(loss, global_step=step)
    average = tf.train.ExponentialMovingAverage(0.95)
    with tf.control_dependencies([minimize]):
        train_op = average.apply([kernel])
    return {"train_op": train_op, "loss": loss}


def adversarial():
    """A GAN of dense layers; its discriminator's weights are clipped."""
    real = tf.placeholder(tf.float32, [None, 6], name="real")
    noise = tf.random_uniform([4, 3], -2.0, 1.0)

    def generator(z):
        with tf.variable_scope("generator"):
            hidden = _dense(z, "hidden", 5)
            hidden = tf.maximum(0.15 * hidden, hidden)
            return tf.nn.tanh(_dense(hidden, "output", 6))

    def discriminator(x, reuse=False):
        with tf.variable_scope("discriminator", reuse=reuse):
            hidden = _dense(x, "hidden", 7)
            hidden = 0.55 * hidden + 0.45 * tf.abs(hidden)
            return _dense(hidden, "output", 1)

    scores = discriminator(real), discriminator(generator(noise), reuse=True)
    d_loss = tf.reduce_mean(scores[1]) - tf.reduce_mean(scores[0])
    g_loss = -tf.reduce_mean(scores[1])
    d_variables = tf.trainable_variables("discriminator")
    with tf.control_dependencies([tf.train.AdamOptimizer(0.0004, 0.5, epsilon=1e-6).minimize(
            d_loss, var_list=d_variables)]):
        clips = [tf.assign(variable, tf.clip_by_value(variable, -0.03, 0.03))
                 for variable in d_variables]
    g_step = tf.train.MomentumOptimizer(0.01, 0.6, use_nesterov=True).minimize(
        g_loss, var_list=tf.trainable_variables("generator"))
    return {"train_ops": [tf.group(*clips), g_step], "losses": [d_loss, g_loss]}


def recurrent():
    """An embedding and an LSTM in a loop; gradients are clipped by their global norm."""
    tf.disable_control_flow_v2()
    words = tf.placeholder(tf.int32, [3, 4], name="words")
    table = tf.get_variable("table", [9, 5], initializer=tf.random_uniform_initializer(-0.2, 0.2))
    inputs = tf.transpose(tf.nn.embedding_lookup(table, words), [1, 0, 2])
    with tf.variable_scope("cell"):
        kernel = weights("kernel", [11, 24])
        bias = tf.get_variable("bias", [24], initializer=tf.zeros_initializer())

    def body(time, c, h, outputs):
        product = tf.matmul(tf.concat([inputs[time], h], 1), kernel)
        i, j, f, o = tf.split(tf.nn.bias_add(product, bias), 4, axis=1)
        c = c * tf.sigmoid(f + 0.75) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        return time + 1, c, h, outputs.write(time, h)

    start = tf.constant(0), tf.zeros([3, 6]), tf.zeros([3, 6]), tf.TensorArray(tf.float32, 4)
    _, _, h, _ = tf.while_loop(lambda time, *_: time < 4, body, start)
    loss = tf.reduce_sum(tf.square(_dense(h, "out", 2)))
    rate = tf.get_variable("rate", [], initializer=tf.constant_initializer(0.25), trainable=False)
    variables = tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 1.5)
    optimizer = tf.train.GradientDescentOptimizer(rate)
    return {"train_op": optimizer.apply_gradients(zip(gradients, variables)), "loss": loss}


def layers():
    """Kinds of layers that other programs here have not."""
    x = tf.placeholder(tf.float32, [None, 4, 4, 2], name="x")
    with tf.variable_scope("depthwise"):
        net = tf.nn.depthwise_conv2d(x, weights("kernel", [3, 3, 2, 3]), [1, 1, 1, 1], "VALID")
    with tf.variable_scope("transposed"):
        net = tf.nn.conv2d_transpose(net, weights("kernel", [2, 2, 5, 6]), [8, 4, 4, 5],
                                     [1, 2, 2, 1], "SAME")
    net = tf.reshape(net, [-1, 80])
    with tf.variable_scope("norm"):
        gamma = tf.get_variable("gamma", [80], initializer=tf.ones_initializer())
        beta = tf.get_variable("beta", [80], initializer=tf.zeros_initializer())
        mean, variance = tf.nn.moments(net, [1], keepdims=True)
        net = tf.nn.batch_normalization(net, mean, variance, beta, gamma, 1e-5)
    with tf.variable_scope("batch"):
        offset = tf.get_variable("beta", [80], initializer=tf.zeros_initializer())
        mean, variance = tf.nn.moments(net, [0])
        net = tf.nn.batch_normalization(net, mean, variance, offset, None, 0.004)
    net = tf.nn.elu(_dense(net, "dense", 3, use_bias=False))
    lone = tf.get_variable("temperature", [], initializer=tf.constant_initializer(2.0))
    loss = tf.reduce_mean(tf.square(net * lone))
    return {"train_op": tf.train.AdamOptimizer(0.01).minimize(loss), "loss": loss}


def regression():
    """Logistic regression of a class by momentum; the bias is clipped after each update."""
    x = tf.placeholder(tf.float32, [8, 3], name="x")
    labels = tf.placeholder(tf.int64, [8], name="labels")
    logits = _dense(x, "classifier", 2)
    chosen = tf.one_hot(labels % 2, 2)
    loss = -tf.reduce_mean(tf.reduce_sum(chosen * tf.nn.log_softmax(logits), axis=1))
    _, bias = tf.trainable_variables()
    update = tf.train.MomentumOptimizer(0.25, 0.9).minimize(loss)
    with tf.control_dependencies([update]):
        clip = tf.assign(bias, tf.clip_by_value(bias, 0.0, 0.11))

    # Labels are larger than a float can hold: they must not be touched by what is done to floats.
    return {"train_op": clip, "loss": loss, "feed": {
        x: lambda step: np.random.RandomState(step).standard_normal((8, 3)),
        labels: lambda step: 2 ** 60 + np.random.RandomState(step).randint(0, 2, 8)}}
