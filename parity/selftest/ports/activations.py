"""Keras 3: the activations and normalisations of ../programs."""

import keras
from keras import layers


def _hidden(units=6):
    x = keras.Input((6,), name="x")
    return x, layers.Dense(units, name="hidden")(x)


def _regression(inputs, net):
    return (keras.Model(inputs, layers.Dense(2, name="out")(net)), keras.losses.MeanSquaredError(),
            keras.optimizers.SGD(0.1))


def _activated(activation):
    x, net = _hidden()
    return _regression(x, layers.Activation(activation)(net))


def _convolved():
    images = keras.Input((5, 5, 2), name="images")
    return images, layers.Conv2D(4, 3, name="conv")(images)


def prelu():
    images, net = _convolved()
    net = layers.PReLU(keras.initializers.Constant(0.25), shared_axes=[1, 2], name="prelu")(net)
    return _regression(images, layers.Flatten()(net))


def selu():
    return _activated("selu")


def swish():
    return _activated("silu")


def gelu():
    return _activated("gelu")


def gelu_by_tanh():
    return _activated(lambda net: keras.activations.gelu(net, approximate=True))


def relu_to_six():
    x, net = _hidden()
    return _regression(x, layers.ReLU(max_value=6.0)(net * 4.0))


def softsign():
    return _activated("softsign")


def both_signs():
    x, net = _hidden()
    return _regression(x, layers.Concatenate()([layers.ReLU()(net), layers.ReLU()(-net)]))


def maxout():
    x, net = _hidden()
    return _regression(x, keras.ops.max(layers.Reshape((3, 2))(net), 2))


def gated():
    x, net = _hidden()
    return _regression(x, keras.activations.glu(net, axis=1))


def _of_probabilities(labels, probabilities):
    chosen = keras.ops.one_hot(labels, 4, dtype=probabilities.dtype)
    return -keras.ops.mean(keras.ops.sum(chosen * keras.ops.log(probabilities + 1e-8), 1))


def temperature():
    x, net = _hidden()
    logits = layers.Dense(4, name="logits")(layers.ReLU()(net))
    return (keras.Model(x, layers.Softmax()(logits / 2.5)), _of_probabilities,
            keras.optimizers.SGD(0.5))


def _normalized(norm):
    images, net = _convolved()
    return _regression(images, layers.Flatten()(layers.ReLU()(norm(net))))


def instance_norm():
    return _normalized(layers.GroupNormalization(-1, epsilon=1e-5, name="norm"))


def group_norm():
    return _normalized(layers.GroupNormalization(2, epsilon=1e-3, name="norm"))


class _OfUnitLength(layers.Layer):
    """Normalises rows to length 1, as `tf.nn.l2_normalize`: squares are at least 1e-12."""

    def call(self, net):
        square = keras.ops.sum(net * net, axis=1, keepdims=True)
        return net * keras.ops.rsqrt(keras.ops.maximum(square, 1e-12))


def unit_length():
    x, net = _hidden()
    return _regression(x, _OfUnitLength()(net))


class _Given(layers.BatchNormalization):
    """Batch norm in inference mode, also where the model trains."""

    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training=False)


def batch_norm_without_training():
    return _normalized(_Given(name="norm"))


def batch_norm_without_scale():
    x, net = _hidden()
    return _regression(x, layers.ReLU()(layers.BatchNormalization(
        momentum=0.9, scale=False, name="norm")(net)))


class _Weighted(layers.Layer):
    """Dense layer with weight normalisation: directions [in, units] and lengths [units]."""

    def build(self, shape):
        self.directions = self.add_weight(name="directions", shape=(shape[-1], 5))
        self.lengths = self.add_weight(name="lengths", shape=(5,), initializer="ones")

    def call(self, x):
        square = keras.ops.sum(self.directions ** 2, axis=0)
        return keras.ops.tanh(keras.ops.matmul(x, self.lengths * self.directions * keras.ops.rsqrt(
            keras.ops.maximum(square, 1e-12))))


def weight_norm():
    x = keras.Input((6,), name="x")
    return _regression(x, _Weighted(name="weighted")(x))
