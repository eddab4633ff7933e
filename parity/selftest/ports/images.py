"""Keras 3: networks for images that do more than stack layers, as in ../programs."""

import keras
from keras import layers
import tensorflow as tf


def _convolved():
    images = keras.Input((6, 6, 2), name="images")
    return images, layers.Conv2D(4, 3, padding="same", activation="tanh", name="conv")(images)


def _classified(inputs, net):
    return (keras.Model(inputs, layers.Dense(3, name="logits")(layers.Flatten()(net))),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            keras.optimizers.SGD(0.1))


def dilated():
    images, net = _convolved()
    return _classified(images, layers.Conv2D(3, 2, dilation_rate=2, name="dilated")(net))


def convolution_of_sequences():
    x = keras.Input((7, 3), name="x")
    net = layers.Conv1D(5, 3, strides=2, padding="same", activation="relu", name="conv")(x)
    return _classified(x, layers.GlobalMaxPooling1D()(net))


def convolution_of_volumes():
    volumes = keras.Input((4, 4, 4, 1), name="volumes")
    return _classified(volumes, layers.Conv3D(2, 3, activation="elu", name="conv")(volumes))


def padded_by_hand():
    images, net = _convolved()
    return _classified(images, layers.Conv2D(3, 3, strides=2, name="strided")(
        layers.ZeroPadding2D(1)(net)))


def padded_by_reflection():
    images, net = _convolved()
    net = keras.ops.pad(net, [[0, 0], [1, 1], [1, 1], [0, 0]], "reflect")
    return _classified(images, layers.Conv2D(3, 3, name="valid")(net))


def resized_to_nearest():
    images, net = _convolved()
    return _classified(images, layers.Conv2D(2, 3, strides=2, name="after")(
        layers.UpSampling2D(2)(net)))


class _Resized(layers.Layer):
    """Bilinear resize with pixels at their corners, as TensorFlow 1 places them."""

    def call(self, images):
        return tf.cast(tf.raw_ops.ResizeBilinear(images=images, size=[9, 9]), images.dtype)


def resized_by_lines():
    images, net = _convolved()
    return _classified(images, layers.Conv2D(2, 3, strides=2, name="after")(_Resized()(net)))


def resized_by_centers():
    images, net = _convolved()
    net = layers.Resizing(9, 9, interpolation="bilinear")(net)
    return _classified(images, layers.Conv2D(2, 3, strides=2, name="after")(net))


def channels_first():
    images, net = _convolved()
    return _classified(images, layers.Permute((3, 1, 2))(net))


class _Shuffled(layers.Layer):
    def call(self, net):
        return tf.nn.depth_to_space(net, 2)


def shuffled_pixels():
    images, net = _convolved()
    return _classified(images, layers.Conv2D(2, 3, strides=3, name="after")(_Shuffled()(net)))


def residual():
    images, net = _convolved()
    shortcut = layers.Conv2D(3, 1, strides=2, name="shortcut")(net)
    net = layers.Conv2D(3, 3, strides=2, padding="same", activation="relu", name="first")(net)
    net = layers.Conv2D(3, 3, padding="same", name="second")(net)
    return _classified(images, layers.ReLU()(layers.Add()([net, shortcut])))


def branches():
    images, net = _convolved()
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(net)
    net = layers.Concatenate()([
        layers.Conv2D(2, 1, activation="relu", name="one")(net),
        layers.Conv2D(3, 3, padding="same", activation="relu", name="three")(net),
        layers.Conv2D(2, 1, activation="relu", name="pooled")(pooled)])
    return _classified(images, layers.GlobalAveragePooling2D()(net))


def scaled_bytes():
    images = keras.Input((5, 5, 1), dtype="uint8", name="images")
    net = keras.ops.cast(images, keras.config.floatx()) / 127.5 - 1.0
    return _classified(images, layers.Conv2D(3, 3, activation="relu", name="conv")(net))
