"""The LSTM cell of TensorFlow 1 for `keras.layers.RNN`."""

import keras
import tensorflow as tf

FORGET_BIAS = 1.0  # as `tf.nn.rnn_cell.LSTMCell` has it (Jozefowicz et al. 2015)


@keras.saving.register_keras_serializable(package="modern")
class LSTMCell(keras.layers.Layer):
    """Cell of an LSTM that computes in the order of `tf.nn.rnn_cell.LSTMCell`.

    `keras.layers.LSTMCell` is the same function of other weights, and rounds differently in two
    places: it multiplies inputs and state by a kernel each and adds the products, where TensorFlow
    1 multiplies both, joined, by one kernel; and its bias holds the forget bias, which TensorFlow 1
    adds in each step. Blocks of the kernel's columns are gates in the order i, j, f, o (input,
    candidate, forget, output); Keras's are i, f, j, o, and it calls the candidate c.

    Args:
      units: width of the output and of the state.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]
        self.kernel_initializer = keras.initializers.GlorotUniform()

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1] + self.units, 4 * self.units),
            initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(4 * self.units,), initializer="zeros")

    def get_initial_state(self, batch_size=None):
        """Zeros for output and state; eagerly the weights, too.

        A loop in a graph adds up the gradients of its steps one by one, from the last to the first.
        Eagerly the tape would add those of all steps at once, in groups. Weights that are handed
        from step to step have it add them one by one, too.
        """
        zeros = tf.zeros([batch_size, self.units], self.compute_dtype)
        weights = [self.kernel, self.bias] if tf.executing_eagerly() else []
        return [zeros, zeros] + [tf.identity(weight) for weight in weights]  # each read once

    def call(self, inputs, states, training=None):
        output, state, *weights = states
        kernel, bias = weights or (self.kernel, self.bias)
        gates = tf.nn.bias_add(tf.matmul(tf.concat([inputs, output], axis=1), kernel), bias)
        i, j, f, o = tf.split(gates, 4, axis=1)
        state = tf.sigmoid(f + FORGET_BIAS) * state + tf.sigmoid(i) * tf.tanh(j)
        output = tf.sigmoid(o) * tf.tanh(state)
        return output, [output, state] + [tf.identity(weight) for weight in weights]

    def get_config(self):
        return {**super().get_config(), "units": self.units}
