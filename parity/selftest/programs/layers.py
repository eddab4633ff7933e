"""TensorFlow 1: layers in common use, each in a network of its own. Ports: ../ports."""

import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _images(channels=2):
    return tf.placeholder(tf.float32, [4, 7, 7, channels], name="images")


def _classified(net, optimizer=None):
    """Trains a dense classifier on the output of a network, by cross-entropy."""
    labels = tf.placeholder(tf.int64, [4], name="labels")
    logits = tf.layers.dense(tf.layers.flatten(net), 3, name="logits")
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    optimizer = optimizer or tf.train.GradientDescentOptimizer(0.1)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        return {"train_op": optimizer.minimize(loss), "loss": loss}


def batch_norm_fused():
    net = tf.layers.conv2d(_images(), 3, 3, use_bias=False, name="conv")
    return _classified(tf.nn.relu(tf.layers.batch_normalization(net, training=True, name="norm")))


def batch_norm_not_fused():
    net = tf.layers.conv2d(_images(), 3, 3, use_bias=False, name="conv")
    return _classified(tf.nn.relu(tf.layers.batch_normalization(
        net, momentum=0.9, epsilon=1e-5, training=True, fused=False, name="norm")))


def batch_norm_of_rows():
    x = tf.placeholder(tf.float32, [4, 6], name="x")
    net = tf.layers.dense(x, 5, use_bias=False, name="hidden")
    return _classified(tf.nn.relu(tf.layers.batch_normalization(net, training=True, name="norm")))


def bias_before_batch_norm():
    """Bias before batch norm: its gradient is rounding, of which Adam makes full steps."""
    x = tf.placeholder(tf.float32, [4, 6], name="x")
    net = tf.layers.dense(x, 5, name="hidden")
    net = tf.nn.relu(tf.layers.batch_normalization(net, training=True, name="norm"))
    return _classified(net, tf.train.AdamOptimizer(0.01))


def bias_before_fused_batch_norm():
    net = tf.layers.conv2d(_images(), 3, 3, name="conv")
    net = tf.nn.relu(tf.layers.batch_normalization(net, training=True, name="norm"))
    return _classified(net, tf.train.MomentumOptimizer(0.01, 0.9))


def batch_norm_by_hand():
    """Batch norm by `tf.nn.moments` and `tf.nn.batch_normalization`, with averages by hand."""
    x = tf.placeholder(tf.float32, [4, 6], name="x")
    with tf.variable_scope("norm"):
        gamma = tf.get_variable("gamma", [6], initializer=tf.ones_initializer())
        beta = tf.get_variable("beta", [6], initializer=tf.zeros_initializer())
        averages = [tf.get_variable("moving_mean", [6], trainable=False),
                    tf.get_variable("moving_variance", [6], initializer=tf.ones_initializer(),
                                    trainable=False)]
        moments = tf.nn.moments(x, [0])
        for average, moment in zip(averages, moments):
            tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign(
                average, average * 0.9 + moment * 0.1))
        net = tf.nn.batch_normalization(x, moments[0], moments[1], beta, gamma, 0.001)
    return _classified(net)


def convolutions():
    net = tf.layers.conv2d(_images(), 3, 3, strides=2, padding="same", name="first")
    net = tf.layers.conv2d(tf.nn.relu(net), 4, 2, padding="valid", name="second")
    return _classified(tf.nn.relu(net))


def convolution_of_1_by_1():
    return _classified(tf.layers.conv2d(_images(), 4, 1, activation=tf.nn.relu, name="mix"))


def transposed_convolution():
    with tf.variable_scope("up"):
        kernel = tf.get_variable("kernel", [3, 3, 4, 2])
        net = tf.nn.conv2d_transpose(_images(), kernel, [4, 14, 14, 4], [1, 2, 2, 1], "SAME")
        net = tf.nn.bias_add(net, tf.get_variable("bias", [4]))
    return _classified(tf.nn.tanh(net))


def transposed_convolution_valid():
    return _classified(tf.layers.conv2d_transpose(_images(), 3, 3, strides=2, name="up"))


def depthwise():
    with tf.variable_scope("depthwise"):
        kernel = tf.get_variable("kernel", [3, 3, 2, 2])
        net = tf.nn.depthwise_conv2d(_images(), kernel, [1, 2, 2, 1], "SAME")
    return _classified(tf.nn.relu(net))


def separable():
    return _classified(tf.layers.separable_conv2d(_images(), 3, 3, name="separable"))


def pooling():
    net = tf.layers.conv2d(_images(), 4, 3, padding="same", name="conv")
    net = tf.nn.max_pool2d(net, 3, 2, "SAME")
    return _classified(tf.nn.avg_pool2d(net, 2, 1, "VALID"))


def average_pooling_same():
    """Average pooling, whose mean leaves the padding out."""
    net = tf.layers.conv2d(_images(), 4, 3, padding="same", name="conv")
    return _classified(tf.nn.avg_pool2d(net, 3, 2, "SAME"))


def max_pooling_valid():
    net = tf.layers.conv2d(_images(), 4, 3, padding="same", name="conv")
    return _classified(tf.reduce_mean(tf.nn.max_pool2d(net, 2, 2, "VALID"), [1, 2]))


def without_names():
    """Layers without names, two of each shape."""
    net = tf.layers.dense(tf.placeholder(tf.float32, [4, 6], name="x"), 6, tf.nn.tanh)
    net = tf.layers.dense(net, 6, tf.nn.tanh)
    return _classified(tf.layers.dense(net, 6, tf.nn.tanh))


def variables_without_names():
    """Variables by `tf.Variable(tf.random_normal(...))`, as in tutorials."""
    x = tf.placeholder(tf.float32, [4, 6], name="x")
    net = tf.nn.relu(tf.matmul(x, tf.Variable(tf.random_normal([6, 5])))
                     + tf.Variable(tf.random_normal([5])))
    net = tf.nn.relu(tf.matmul(net, tf.Variable(tf.random_normal([5, 5])))
                     + tf.Variable(tf.random_normal([5])))
    loss = tf.reduce_mean(tf.square(tf.matmul(net, tf.Variable(tf.random_normal([5, 1])))))
    return {"train_op": tf.train.GradientDescentOptimizer(0.01).minimize(loss), "loss": loss}


def activation_outside():
    """Activation after the layer, which in the port is the layer's own."""
    net = tf.layers.conv2d(_images(), 3, 3, name="conv")
    return _classified(tf.nn.elu(tf.layers.dense(tf.nn.relu(net), 4, name="dense")))


def activation_inside():
    net = tf.layers.conv2d(_images(), 3, 3, activation=tf.nn.relu, name="conv")
    return _classified(tf.layers.dense(net, 4, activation=tf.nn.elu, name="dense"))


def leaky_relu():
    net = tf.nn.leaky_relu(tf.layers.conv2d(_images(), 3, 3, name="conv"), alpha=0.1)
    return _classified(net)


def leaky_relu_by_maximum():
    net = tf.layers.conv2d(_images(), 3, 3, name="conv")
    return _classified(tf.maximum(0.2 * net, net))


def layer_norm():
    x = tf.placeholder(tf.float32, [4, 6], name="x")
    with tf.variable_scope("norm"):
        gamma = tf.get_variable("gamma", [6], initializer=tf.ones_initializer())
        beta = tf.get_variable("beta", [6], initializer=tf.zeros_initializer())
        mean, variance = tf.nn.moments(x, [1], keepdims=True)
        net = tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-6)
    return _classified(net)
