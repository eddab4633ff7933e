"""TensorFlow 1: kernels divided by their spectral norm. Ports: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _unit(vector):
    return vector / (tf.sqrt(tf.reduce_sum(vector ** 2)) + 1e-12)


def _normalised(w, iterations):
    """A kernel over its norm, whose vector is moved as soon as it is used."""
    shape = w.shape.as_list()
    matrix = tf.reshape(w, [-1, shape[-1]])
    u = tf.get_variable("u", [1, shape[-1]], initializer=tf.random_normal_initializer(),
                        trainable=False)
    u_hat = u
    for _ in range(iterations):
        v_hat = _unit(tf.matmul(u_hat, tf.transpose(matrix)))
        u_hat = _unit(tf.matmul(v_hat, matrix))
    u_hat, v_hat = tf.stop_gradient(u_hat), tf.stop_gradient(v_hat)
    sigma = tf.matmul(tf.matmul(v_hat, matrix), tf.transpose(u_hat))
    with tf.control_dependencies([u.assign(u_hat)]):
        return tf.reshape(matrix / sigma, shape)


def _network(iterations=1):
    x = tf.placeholder(tf.float32, [8, 6], name="x")
    labels = tf.placeholder(tf.int64, [8], name="labels")
    with tf.variable_scope("hidden"):
        w = tf.get_variable("kernel", [6, 5])
        b = tf.get_variable("bias", [5], initializer=tf.zeros_initializer())
        net = tf.nn.relu(tf.matmul(x, _normalised(w, iterations)) + b)
    logits = tf.layers.dense(net, 3, name="logits")
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    return {"train_op": tf.train.GradientDescentOptimizer(0.5).minimize(loss), "loss": loss}


def one_iteration():
    return _network()


def two_iterations():
    return _network(2)


def convolution():
    """A convolution as TF-GAN normalises it: a vector of rows, unit vectors by l2_normalize."""
    x = tf.placeholder(tf.float32, [4, 7, 7, 2], name="x")
    labels = tf.placeholder(tf.int64, [4], name="labels")
    with tf.variable_scope("conv"):
        w = tf.get_variable("kernel", [3, 3, 2, 4])
        matrix = tf.reshape(w, [-1, 4])
        u_var = tf.get_variable("u", [18, 1], initializer=tf.random_normal_initializer(),
                                trainable=False)
        v = tf.nn.l2_normalize(tf.matmul(matrix, u_var, transpose_a=True))
        u = tf.nn.l2_normalize(tf.matmul(matrix, v))
        with tf.control_dependencies([u_var.assign(u)]):
            u = tf.identity(u)
        u, v = tf.stop_gradient(u), tf.stop_gradient(v)
        sigma = tf.matmul(tf.matmul(u, matrix, transpose_a=True), v)[0][0]
        net = tf.nn.relu(tf.nn.conv2d(x, w / sigma, [1, 1, 1, 1], "SAME"))
    logits = tf.layers.dense(tf.reduce_mean(net, [1, 2]), 3, name="logits")
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    return {"train_op": tf.train.AdamOptimizer(0.01).minimize(loss), "loss": loss}
