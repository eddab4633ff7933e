"""Keras 3: the embeddings and recurrent networks of ../programs."""

import keras
from keras import layers
import tensorflow as tf


def _classified(inputs, net, optimizer=None):
    return (keras.Model(inputs, layers.Dense(3, name="logits")(net)),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            optimizer or keras.optimizers.SGD(0.5))


def _summed(optimizer):
    """Makes an optimiser class that adds up repeated rows of sparse gradients, as TensorFlow 1."""
    class Summed(optimizer):
        def apply(self, grads, trainable_variables=None):
            super().apply([tf.convert_to_tensor(gradient) for gradient in grads],
                          trainable_variables)
    return Summed


def _glorot(rows, columns):
    """Glorot's uniform initialiser for a kernel [rows, columns] that holds the port's."""
    limit = (6.0 / (rows + columns)) ** 0.5
    return keras.initializers.RandomUniform(-limit, limit)


def _lstm(inputs=3, **settings):
    return layers.LSTM(6, kernel_initializer=_glorot(inputs + 6, 24),
                       recurrent_initializer=_glorot(inputs + 6, 24), **settings)


def _gru():
    """GRU whose gates and candidate start as TensorFlow 1's two kernels, the gates' biases at 1."""
    def kernel(shape, dtype=None):
        return keras.ops.concatenate([_glorot(9, 12)((shape[0], 12), dtype),
                                      _glorot(9, 6)((shape[0], 6), dtype)], axis=-1)

    def bias(shape, dtype=None):
        return keras.ops.cast(keras.ops.arange(shape[0]) < 12, dtype)
    return layers.GRU(6, reset_after=False, kernel_initializer=kernel,
                      recurrent_initializer=kernel, bias_initializer=bias)


def _embedded(optimizer=None, rows=5):
    words = keras.Input((7,), dtype="int32", name="words")
    net = layers.Flatten()(layers.Embedding(rows, 3, "glorot_uniform", name="embedding")(words))
    return _classified(words, net, optimizer)


def embedding():
    return _embedded()


def embedding_mean():
    words = keras.Input((7,), dtype="int32", name="words")
    net = layers.Embedding(5, 3, "glorot_uniform", name="embedding")(words)
    return _classified(words, layers.GlobalAveragePooling1D()(net))


def embedding_adam():
    return _embedded(_summed(keras.optimizers.Adam)(0.01, epsilon=1e-8))


class ClippedRows(_summed(keras.optimizers.Adam)):
    """Adam that clips gradients by their global norm before it adds up repeated rows."""

    def apply(self, grads, trainable_variables=None):
        super().apply(tf.clip_by_global_norm(grads, 0.1)[0], trainable_variables)


def embedding_clipped():
    return _embedded(ClippedRows(0.01, epsilon=1e-8))


def embedding_adagrad():
    return _embedded(_summed(keras.optimizers.Adagrad)(0.1, epsilon=0.0))


def _used(gradient, variable):
    """Whether a gradient has a row, [rows, 1]; of one that is not sparse each has."""
    if not isinstance(gradient, tf.IndexedSlices):
        return tf.ones_like(variable, bool)
    return tf.reduce_any(tf.equal(gradient.indices, tf.range(variable.shape[0])[:, None]),
                         axis=1, keepdims=True)


class RowsOfTheBatch(keras.optimizers.SGD):
    """Momentum that updates only the rows of a table that a batch uses."""

    def update_step(self, gradient, variable, learning_rate):
        slot = self.momentums[self._get_variable_index(variable)]
        used = _used(gradient, variable)
        slot.assign(tf.where(used, slot * self.momentum + tf.convert_to_tensor(gradient), slot))
        variable.assign_sub(tf.where(used, slot * keras.ops.cast(learning_rate, variable.dtype),
                                     tf.zeros_like(slot)))


class FromOne(keras.optimizers.RMSprop):
    """RMSprop whose mean squares start at 1, as TensorFlow 1's do."""

    def build(self, variables):
        super().build(variables)
        for mean_square in self._velocities:
            mean_square.assign(keras.ops.ones_like(mean_square))


class RowsByRMSprop(FromOne):
    """RMSprop that updates only the rows of a table that a batch uses."""

    def update_step(self, gradient, variable, learning_rate):
        slot = self._velocities[self._get_variable_index(variable)]
        used, gradient = _used(gradient, variable), tf.convert_to_tensor(gradient)
        slot.assign(tf.where(
            used, slot * self.rho + tf.square(gradient) * (1.0 - self.rho), slot))
        step = gradient * keras.ops.cast(learning_rate, variable.dtype) / tf.sqrt(
            slot + self.epsilon)
        variable.assign_sub(tf.where(used, step, tf.zeros_like(step)))


def embedding_momentum():
    return _embedded(RowsOfTheBatch(0.1, momentum=0.9), 40)


def embedding_rmsprop():
    return _embedded(RowsByRMSprop(0.01, epsilon=1e-10), 40)


def one_hot():
    words = keras.Input((), dtype="int32", name="words")
    net = layers.Dense(3, activation="tanh", use_bias=False, name="projection")(
        keras.ops.one_hot(words, 5))
    return _classified(words, net)


def _recurrent(*cells, optimizer=None):
    x = net = keras.Input((5, 3), name="x")
    for cell in cells:
        net = cell(net)
    return _classified(x, net, optimizer)


def lstm():
    return _recurrent(_lstm())


def lstm_adam():
    return _recurrent(_lstm(), optimizer=keras.optimizers.Adam(0.01, epsilon=1e-8))


class ClippedCell(keras.optimizers.SGD):
    """SGD that clips gradients by norm; those of a cell, which come first, as one."""

    def __init__(self, learning_rate, bound):
        super().__init__(learning_rate)
        self.bound = bound

    def apply(self, grads, trainable_variables=None):
        kernels, _ = tf.clip_by_global_norm(grads[:2], self.bound)
        others = [tf.clip_by_norm(gradient, self.bound) for gradient in grads[2:]]
        super().apply(kernels + others, trainable_variables)


def lstm_clipped():
    return _recurrent(_lstm(), optimizer=ClippedCell(0.5, 0.02))


class LSTMCell(layers.Layer):
    """Cell with the one kernel of TensorFlow 1's."""

    state_size = [6, 6]

    def build(self, shape):
        self.kernel_initializer = _glorot(shape[-1] + 6, 24)
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1] + 6, 24),
                                      initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(24,), initializer="zeros")

    def call(self, x, states):
        h, c = states
        gates = keras.ops.matmul(keras.ops.concatenate([x, h], axis=-1), self.kernel) + self.bias
        i, j, f, o = keras.ops.split(gates, 4, axis=-1)
        c = keras.ops.sigmoid(f + 1.0) * c + keras.ops.sigmoid(i) * keras.ops.tanh(j)
        h = keras.ops.sigmoid(o) * keras.ops.tanh(c)
        return h, [h, c]


def lstm_cell():
    return _recurrent(layers.RNN(LSTMCell()))


def lstm_static():
    return _recurrent(_lstm(unroll=True, unit_forget_bias=False))


def lstm_stack():
    return _recurrent(_lstm(return_sequences=True), _lstm(6))


def gru():
    return _recurrent(_gru(),
                      optimizer=keras.optimizers.Adam(0.01, epsilon=1e-8))


def simple_rnn():
    return _recurrent(layers.SimpleRNN(6, kernel_initializer=_glorot(9, 6),
                                       recurrent_initializer=_glorot(9, 6)))


def language_model():
    words = keras.Input((7,), dtype="int32", name="words")
    net = layers.Embedding(5, 3, "glorot_uniform", name="embedding")(words)
    net = _lstm(return_sequences=True)(net)
    return (keras.Model(words, layers.Dense(5, name="logits")(net)),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            keras.optimizers.SGD(1.0, global_clipnorm=0.2))


def gru_momentum():
    return _recurrent(_gru(),
                      optimizer=keras.optimizers.SGD(0.05, momentum=0.9))
