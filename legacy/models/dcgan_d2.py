"""Networks of D2 §2's DCGAN: in each four convolutions, three transposed ones, two dense layers and
an output layer.

D2 gives no sizes: they are our choice, as are batch norm and dropout, which are D0's. Its G would
convolve noise, which has no neighbours, and end in dense layers; §3 instead makes "input features"
of the noise and ends at the size of the image. So G's dense layers stand first here, and its output
layer is a convolution. D's softmax has two outputs, generated and real: of one, it is always 1.
"""

import tensorflow.compat.v1 as tf

from legacy.layers import convolutional_arg_scope, dropout
from legacy.slim_compat import slim


def generator(z, is_training=True, reuse=None):
    """Images [batch, 64, 64, 3] in (-1, 1) from noise [batch, noise_size]."""
    with tf.variable_scope("generator", reuse=reuse), slim.arg_scope(
            convolutional_arg_scope(is_training, z.dtype.name)):
        net = slim.fully_connected(z, 128, scope="dense1")
        net = slim.fully_connected(net, 8 * 8 * 32, scope="dense2")
        net = tf.reshape(net, [-1, 8, 8, 32], name="maps")
        for index in range(1, 5):
            net = slim.conv2d(net, 64, stride=1, scope="conv{}".format(index))
            net = slim.batch_norm(net, scope="conv{}_norm".format(index))
        for index, depth in enumerate((64, 64, 32), 1):
            net = slim.conv2d_transpose(net, depth, scope="deconv{}".format(index))
            net = slim.batch_norm(net, scope="deconv{}_norm".format(index))
        net = slim.conv2d(net, 3, stride=1, activation_fn=tf.tanh, scope="output")
        return net


def discriminator(images, rate, seed, reuse=None):
    """Logits [batch, 2] that images [batch, 64, 64, 3] are generated or real.

    Args:
      rate: of dropout.
      seed: int32 [2], of its masks.
    """
    with tf.variable_scope("discriminator", reuse=reuse), slim.arg_scope(
            convolutional_arg_scope(True, images.dtype.name)):
        net = images
        for index, depth in enumerate((32, 64, 64, 64), 1):
            net = slim.conv2d(net, depth, scope="conv{}".format(index))
            with tf.name_scope("dropout{}".format(index)):
                net = dropout(net, rate, seed + (0, index - 1))
        for index, depth in enumerate((32, 16, 8), 1):
            net = slim.conv2d_transpose(net, depth, scope="deconv{}".format(index))
        net = slim.flatten(net, scope="flat")
        net = slim.fully_connected(net, 64, scope="dense1")
        net = slim.fully_connected(net, 64, scope="dense2")
        net = slim.fully_connected(net, 2, activation_fn=None, scope="logits")
        return net
