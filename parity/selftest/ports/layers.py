"""Keras 3: the networks of ../programs, in stock layers."""

import keras
from keras import layers


def _images(channels=2):
    return keras.Input((7, 7, channels), name="images")


def _classified(inputs, net, optimizer=None):
    logits = layers.Dense(3, name="logits")(layers.Flatten()(net))
    return (keras.Model(inputs, logits),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            optimizer or keras.optimizers.SGD(0.1))


def _relu(net):
    return layers.Activation("relu")(net)


def batch_norm_fused():
    images = _images()
    net = layers.Conv2D(3, 3, use_bias=False, name="conv")(images)
    return _classified(images, _relu(layers.BatchNormalization(name="norm")(net)))


def batch_norm_not_fused():
    images = _images()
    net = layers.Conv2D(3, 3, use_bias=False, name="conv")(images)
    return _classified(images, _relu(layers.BatchNormalization(momentum=0.9, epsilon=1e-5,
                                                               name="norm")(net)))


def batch_norm_of_rows():
    x = keras.Input((6,), name="x")
    net = layers.Dense(5, use_bias=False, name="hidden")(x)
    return _classified(x, _relu(layers.BatchNormalization(name="norm")(net)))


def bias_before_batch_norm():
    x = keras.Input((6,), name="x")
    net = _relu(layers.BatchNormalization(name="norm")(layers.Dense(5, name="hidden")(x)))
    return _classified(x, net, keras.optimizers.Adam(0.01, epsilon=1e-8))


def bias_before_fused_batch_norm():
    images = _images()
    net = _relu(layers.BatchNormalization(name="norm")(layers.Conv2D(3, 3, name="conv")(images)))
    return _classified(images, net, keras.optimizers.SGD(0.01, momentum=0.9))


def batch_norm_by_hand():
    x = keras.Input((6,), name="x")
    return _classified(x, layers.BatchNormalization(momentum=0.9, name="norm",
                                                        moving_mean_initializer="glorot_uniform")(x))


def convolutions():
    images = _images()
    net = layers.Conv2D(3, 3, strides=2, padding="same", activation="relu", name="first")(images)
    return _classified(images, layers.Conv2D(4, 2, activation="relu", name="second")(net))


def convolution_of_1_by_1():
    images = _images()
    return _classified(images, layers.Dense(4, activation="relu", name="mix")(images))


def transposed_convolution():
    images = _images()
    return _classified(images, layers.Conv2DTranspose(
        4, 3, strides=2, padding="same", activation="tanh", bias_initializer="glorot_uniform",
        name="up")(images))


def transposed_convolution_valid():
    images = _images()
    return _classified(images, layers.Conv2DTranspose(3, 3, strides=2, name="up")(images))


def depthwise():
    images = _images()
    return _classified(images, layers.DepthwiseConv2D(
        3, strides=2, padding="same", depth_multiplier=2, activation="relu", use_bias=False,
        name="depthwise")(images))


def separable():
    images = _images()
    return _classified(images, layers.SeparableConv2D(3, 3, name="separable")(images))


def pooling():
    images = _images()
    net = layers.Conv2D(4, 3, padding="same", name="conv")(images)
    net = layers.MaxPooling2D(3, strides=2, padding="same")(net)
    return _classified(images, layers.AveragePooling2D(2, strides=1)(net))


def average_pooling_same():
    images = _images()
    net = layers.Conv2D(4, 3, padding="same", name="conv")(images)
    return _classified(images, layers.AveragePooling2D(3, strides=2, padding="same")(net))


def max_pooling_valid():
    images = _images()
    net = layers.MaxPooling2D(2)(layers.Conv2D(4, 3, padding="same", name="conv")(images))
    return _classified(images, layers.GlobalAveragePooling2D()(net))


def without_names():
    x = keras.Input((6,), name="x")
    net = x
    for _ in range(3):
        net = layers.Dense(6, activation="tanh")(net)
    return _classified(x, net)


def _normal(*variables):
    return {name + "_initializer": keras.initializers.RandomNormal(stddev=1.0)
            for name in variables}


def variables_without_names():
    """Subclassed model with its layers as attributes."""
    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = layers.Dense(5, "relu", **_normal("kernel", "bias"))
            self.second = layers.Dense(5, "relu", **_normal("kernel", "bias"))
            self.last = layers.Dense(1, use_bias=False, **_normal("kernel"))

        def call(self, x):
            return self.last(self.second(self.first(x)))
    return Network(), lambda labels, outputs: keras.ops.mean(outputs ** 2), keras.optimizers.SGD(
        0.01)


def activation_outside():
    images = _images()
    net = layers.Conv2D(3, 3, activation="relu", name="conv")(images)
    return _classified(images, layers.Dense(4, activation="elu", name="dense")(net))


def activation_inside():
    images = _images()
    net = _relu(layers.Conv2D(3, 3, name="conv")(images))
    return _classified(images, keras.ops.elu(layers.Dense(4, name="dense")(net)))


def leaky_relu():
    images = _images()
    net = layers.LeakyReLU(negative_slope=0.1)(layers.Conv2D(3, 3, name="conv")(images))
    return _classified(images, net)


def leaky_relu_by_maximum():
    images = _images()
    net = layers.LeakyReLU(negative_slope=0.2)(layers.Conv2D(3, 3, name="conv")(images))
    return _classified(images, net)


def layer_norm():
    x = keras.Input((6,), name="x")
    return _classified(x, layers.LayerNormalization(epsilon=1e-6, name="norm")(x))
