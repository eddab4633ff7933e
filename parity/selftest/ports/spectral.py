"""Keras 3: the spectrally normalised networks of ../programs."""

import keras
from keras import layers, ops


class _Normalised(layers.Layer):
    """A layer whose kernel is divided by its spectral norm.

    Args:
      shape: of the kernel.
      iterations: the number of power iterations of a pass.
      of_rows: True where the vector has a number for each row.
    """

    def __init__(self, shape, iterations, of_rows=False, **kwargs):
        super().__init__(**kwargs)
        self.shape, self.iterations, self.of_rows = shape, iterations, of_rows

    def build(self, _):
        rows = ops.prod(self.shape[:-1]) if self.of_rows else 0
        self.kernel = self.add_weight(name="kernel", shape=self.shape)
        self.u = self.add_weight(
            name="u", shape=(int(rows), 1) if self.of_rows else (1, self.shape[-1]),
            initializer=keras.initializers.RandomNormal(stddev=1.0), trainable=False)

    def unit(self, vector):
        return vector / (ops.sqrt(ops.sum(vector ** 2)) + 1e-12)

    def normalised(self, training):
        matrix = ops.reshape(self.kernel, (-1, self.shape[-1]))
        matrix = ops.transpose(matrix) if self.of_rows else matrix
        u = ops.reshape(self.u, (1, -1))
        for _ in range(self.iterations):
            v = self.unit(ops.matmul(u, ops.transpose(matrix)))
            u = self.unit(ops.matmul(v, matrix))
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        sigma = ops.matmul(ops.matmul(v, matrix), ops.transpose(u))
        if training:
            self.u.assign(ops.reshape(u, self.u.shape))
        return self.kernel / sigma


class _Dense(_Normalised):
    def build(self, _):
        super().build(_)
        self.bias = self.add_weight(name="bias", shape=self.shape[-1:], initializer="zeros")

    def call(self, x, training=False):
        return ops.relu(ops.matmul(x, self.normalised(training)) + self.bias)


class _Convolution(_Normalised):
    def unit(self, vector):
        return vector / ops.sqrt(ops.maximum(ops.sum(vector ** 2), 1e-12))

    def call(self, x, training=False):
        return ops.relu(ops.conv(x, self.normalised(training), padding="same"))


def _classified(x, net, optimizer):
    return (keras.Model(x, layers.Dense(3, name="logits")(net)),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer)


def one_iteration():
    x = keras.Input((6,), name="x")
    return _classified(x, _Dense((6, 5), 1, name="hidden")(x), keras.optimizers.SGD(0.5))


def two_iterations():
    x = keras.Input((6,), name="x")
    return _classified(x, _Dense((6, 5), 2, name="hidden")(x), keras.optimizers.SGD(0.5))


def convolution():
    x = keras.Input((7, 7, 2), name="x")
    net = _Convolution((3, 3, 2, 4), 1, of_rows=True, name="conv")(x)
    return _classified(x, layers.GlobalAveragePooling2D()(net),
                       keras.optimizers.Adam(0.01, epsilon=1e-8))
