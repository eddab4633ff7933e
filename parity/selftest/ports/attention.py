"""Keras 3: the attention and the recurrent networks of ../programs."""

import keras
from keras import layers
import numpy as np


def _sequences():
    return keras.Input((5, 6), name="x")


def _classified(inputs, net, optimizer=None):
    return (keras.Model(inputs, layers.Dense(3, name="logits")(net)),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            optimizer or keras.optimizers.SGD(0.5))


def _glorot(rows, columns):
    """Glorot's uniform initialiser for a kernel [rows, columns] that holds the port's."""
    limit = (6.0 / (rows + columns)) ** 0.5
    return keras.initializers.RandomUniform(-limit, limit)


def _projected(x, name, units=4, **options):
    return layers.Dense(units, name=name, **options)(x)


def dot_products():
    x = _sequences()
    query, value, key = (_projected(x, name, use_bias=False) for name in ("query", "value", "key"))
    net = layers.Attention(score_mode="dot")([query / 2.0, value, key])
    return _classified(x, layers.GlobalAveragePooling1D()(net))


class _Gamma(layers.Layer):
    """x + gamma * net."""

    def build(self, shapes):
        self.gamma = self.add_weight(name="gamma", shape=(), initializer="zeros")

    def call(self, x, net):
        return x + self.gamma * net


def self_attention():
    x = _sequences()
    query, key, value = (_projected(x, name, use_bias=False) for name in ("query", "key", "value"))
    scores = keras.ops.matmul(query, keras.ops.transpose(key, (0, 2, 1)))
    net = keras.ops.matmul(layers.Softmax()(scores), value)
    net = _Gamma()(x, _projected(net, "output", 6, use_bias=False))
    return _classified(x, layers.GlobalAveragePooling1D()(net))


def causal():
    x = _sequences()
    query, key, value = (_projected(x, name, use_bias=False) for name in ("query", "key", "value"))
    scores = keras.ops.matmul(query, keras.ops.transpose(key, (0, 2, 1))) / 2.0
    net = keras.ops.matmul(layers.Softmax()(
        scores + np.triu(np.full([5, 5], -1e9, "float32"), 1)), value)
    return _classified(x, net[:, -2])


def _heads(x, name):
    return keras.ops.transpose(layers.Reshape((5, 2, 3))(_projected(x, name, 6)), (0, 2, 1, 3))


def several_heads():
    x = _sequences()
    query, key, value = (_heads(x, name) for name in ("query", "key", "value"))
    scores = keras.ops.matmul(query, keras.ops.transpose(key, (0, 1, 3, 2))) * (3.0 ** -0.5)
    net = keras.ops.transpose(keras.ops.matmul(layers.Softmax()(scores), value), (0, 2, 1, 3))
    net = layers.Add()([x, _projected(layers.Reshape((5, 6))(net), "output", 6)])
    net = layers.LayerNormalization(epsilon=1e-6, name="norm")(net)
    return _classified(x, layers.GlobalAveragePooling1D()(net),
                       keras.optimizers.Adam(0.01, 0.9, 0.98, 1e-9))


def additive():
    x = _sequences()
    scores = _projected(_projected(x, "hidden", activation="tanh"), "score", 1, use_bias=False)
    return _classified(x, keras.ops.sum(x * layers.Softmax(axis=1)(scores), 1))


class _Counted(layers.Layer):
    """Sums the vectors of words that are not 0, and divides by their number plus one."""

    def __init__(self):
        super().__init__()
        self.places = layers.Embedding(5, 6, "glorot_uniform", name="places")

    def call(self, words, net):
        counts = keras.ops.cast(words != 0, net.dtype)[:, :, None]
        return keras.ops.sum((net + self.places(keras.ops.arange(5))) * counts, 1) / (
            keras.ops.sum(counts, 1) + 1.0)


def positions():
    words = keras.Input((5,), dtype="int32", name="words")
    return _classified(words, _Counted()(words, layers.Embedding(
        7, 6, "glorot_uniform", name="words_table")(words)))


def _lstm(inputs=6, **settings):
    return layers.LSTM(4, kernel_initializer=_glorot(inputs + 4, 16),
                       recurrent_initializer=_glorot(inputs + 4, 16), **settings)


def both_directions():
    x = _sequences()
    return _classified(x, layers.GlobalAveragePooling1D()(
        layers.Bidirectional(_lstm(return_sequences=True))(x)))


def last_state():
    x = _sequences()
    _, _, memory = _lstm(return_state=True)(x)
    return _classified(x, memory)


def lengths():
    x, ends = _sequences(), keras.Input((), dtype="int32", name="lengths")
    mask = ends[:, None] > keras.ops.arange(5)
    return _classified([x, ends], _lstm()(x, mask=mask))


def _gru(**settings):
    """GRU whose gates and candidate start as TensorFlow 1's two kernels, the gates' biases at 1."""
    def kernel(shape, dtype=None):
        return keras.ops.concatenate([_glorot(10, 8)((shape[0], 8), dtype),
                                      _glorot(10, 4)((shape[0], 4), dtype)], axis=-1)

    def bias(shape, dtype=None):
        return keras.ops.cast(keras.ops.arange(shape[0]) < 8, dtype)
    return layers.GRU(4, reset_after=False, kernel_initializer=kernel,
                      recurrent_initializer=kernel, bias_initializer=bias, **settings)


def encoder_and_decoder():
    x = _sequences()
    state = _gru(name="encoder")(x[:, :3])
    return _classified(x, _gru(name="decoder")(x[:, 3:], initial_state=state))


def convolved_and_read():
    x = _sequences()
    net = layers.Conv1D(4, 2, activation="relu", name="conv")(x)
    net = layers.SimpleRNN(4, kernel_initializer=_glorot(8, 4), return_sequences=True,
                           recurrent_initializer=_glorot(8, 4))(net)
    return _classified(x, layers.GlobalMaxPooling1D()(net))
