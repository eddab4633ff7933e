"""TensorFlow 1: networks for images that do more than stack layers. Ports: ../ports."""

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()


def _convolved():
    """Images [4, 6, 6, 2] and what a layer makes of them, [4, 6, 6, 4]."""
    images = tf.placeholder(tf.float32, [4, 6, 6, 2], name="images")
    return tf.layers.conv2d(images, 4, 3, padding="same", activation=tf.nn.tanh, name="conv")


def _classified(net):
    labels = tf.placeholder(tf.int64, [4], name="labels")
    logits = tf.layers.dense(tf.layers.flatten(net), 3, name="logits")
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    return {"train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss), "loss": loss}


def dilated():
    return _classified(tf.layers.conv2d(_convolved(), 3, 2, dilation_rate=2, name="dilated"))


def convolution_of_sequences():
    x = tf.placeholder(tf.float32, [4, 7, 3], name="x")
    net = tf.layers.conv1d(x, 5, 3, strides=2, padding="same", activation=tf.nn.relu, name="conv")
    return _classified(tf.reduce_max(net, 1))


def convolution_of_volumes():
    volumes = tf.placeholder(tf.float32, [4, 4, 4, 4, 1], name="volumes")
    return _classified(tf.layers.conv3d(volumes, 2, 3, activation=tf.nn.elu, name="conv"))


def padded_by_hand():
    """Stride of 2 over an even size, padded by hand on both sides; "same" pads the end alone."""
    net = tf.pad(_convolved(), [[0, 0], [1, 1], [1, 1], [0, 0]])
    return _classified(tf.layers.conv2d(net, 3, 3, strides=2, name="strided"))


def padded_by_reflection():
    net = tf.pad(_convolved(), [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
    return _classified(tf.layers.conv2d(net, 3, 3, name="valid"))


def resized_to_nearest():
    net = tf.image.resize_nearest_neighbor(_convolved(), [12, 12])
    return _classified(tf.layers.conv2d(net, 2, 3, strides=2, name="after"))


def resized_by_lines():
    """Resize with TensorFlow 1's placement of pixels, which no layer of Keras has."""
    net = tf.image.resize_bilinear(_convolved(), [9, 9])
    return _classified(tf.layers.conv2d(net, 2, 3, strides=2, name="after"))


def resized_by_centers():
    net = tf.image.resize_bilinear(_convolved(), [9, 9], half_pixel_centers=True)
    return _classified(tf.layers.conv2d(net, 2, 3, strides=2, name="after"))


def channels_first():
    """Images flattened channels first, as programs for GPUs do."""
    return _classified(tf.transpose(_convolved(), [0, 3, 1, 2]))


def shuffled_pixels():
    return _classified(tf.layers.conv2d(tf.depth_to_space(_convolved(), 2), 2, 3, strides=3,
                                        name="after"))


def residual():
    net = _convolved()
    shortcut = tf.layers.conv2d(net, 3, 1, strides=2, name="shortcut")
    net = tf.layers.conv2d(net, 3, 3, strides=2, padding="same", activation=tf.nn.relu,
                           name="first")
    net = tf.layers.conv2d(net, 3, 3, padding="same", name="second")
    return _classified(tf.nn.relu(net + shortcut))


def branches():
    net = _convolved()
    pooled = tf.layers.max_pooling2d(net, 3, 1, padding="same")
    return _classified(tf.reduce_mean(tf.concat([
        tf.layers.conv2d(net, 2, 1, activation=tf.nn.relu, name="one"),
        tf.layers.conv2d(net, 3, 3, padding="same", activation=tf.nn.relu, name="three"),
        tf.layers.conv2d(pooled, 2, 1, activation=tf.nn.relu, name="pooled")], 3), [1, 2]))


def scaled_bytes():
    """Pixels from 0 to 255, scaled in the graph."""
    images = tf.placeholder(tf.uint8, [4, 5, 5, 1], name="images")
    net = tf.cast(images, tf.float32) / 127.5 - 1.0
    net = tf.layers.conv2d(net, 3, 3, activation=tf.nn.relu, name="conv")
    return dict(_classified(net), feed={images: lambda step: np.random.RandomState(
        step).randint(0, 256, [4, 5, 5, 1]).astype(np.uint8)})
