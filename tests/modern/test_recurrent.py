"""modern.recurrent: the LSTM cell, against its formula and against Keras's own layer."""

from modern import recurrent  # before Keras: sets its backend
import keras
import numpy as np
import pytest
import tensorflow as tf

from modern.precision import precision
from parity.pair import transforms

BATCH, STEPS, FEATURES, UNITS = 3, 6, 2, 4


@pytest.fixture(name="lstm", scope="module")
def fixture_lstm():
    """A float64 layer, its kernel and bias."""
    with precision("float64"):
        layer = keras.layers.RNN(recurrent.LSTMCell(UNITS, name="cell"), return_sequences=True)
        layer.build((None, STEPS, FEATURES))
    state = np.random.RandomState(1)
    kernel, bias = state.randn(FEATURES + UNITS, 4 * UNITS), state.randn(4 * UNITS)
    layer.set_weights([kernel, bias])
    return layer, kernel, bias


@pytest.fixture(name="x", scope="module")
def fixture_x():
    return np.random.RandomState(2).randn(BATCH, STEPS, FEATURES)


def test_outputs_follow_the_formula_of_tensorflow_1(lstm, x):
    layer, kernel, bias = lstm
    h, c, expected = np.zeros((BATCH, UNITS)), np.zeros((BATCH, UNITS)), []
    for step in range(STEPS):
        gates = np.concatenate([x[:, step], h], axis=1).dot(kernel) + bias
        i, j, f, o = np.split(gates, 4, axis=1)
        c = c / (1 + np.exp(-f - 1)) + np.tanh(j) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
        expected.append(h)
    np.testing.assert_allclose(layer(x), np.stack(expected, axis=1), rtol=1e-12, atol=1e-15)


def test_keras_layer_is_the_same_function_of_converted_weights(lstm, x):
    layer, kernel, bias = lstm
    with precision("float64"):
        stock = keras.layers.LSTM(UNITS, return_sequences=True)
        stock.build((None, STEPS, FEATURES))
    stock.set_weights([transforms.input_kernel("LSTM cell", FEATURES).state(kernel),
                       transforms.recurrent_kernel("LSTM cell", FEATURES).state(kernel),
                       transforms.cell_bias("LSTM cell", 1.0).state(bias)])
    np.testing.assert_allclose(stock(x), layer(x), rtol=1e-12, atol=1e-15)


@pytest.mark.usefixtures("graph_optimizer_off")
def test_gradients_have_the_same_bits_eagerly_and_in_a_graph(lstm, x):
    layer, _, _ = lstm
    layer.set_weights([np.random.RandomState(5).randn(*weight.shape) / 2
                       for weight in layer.get_weights()])

    def gradients(x, y):
        with tf.GradientTape() as tape:  # used twice, as a discriminator is
            loss = tf.reduce_sum(layer(x) ** 2) + tf.reduce_sum(layer(y) ** 3)
        return tape.gradient(loss, [weight.value for weight in layer.trainable_variables])
    given = tf.constant(x), tf.constant(x[::-1] * 2)
    for eager, graph in zip(gradients(*given), tf.function(gradients)(*given)):
        assert np.any(eager != 0)
        np.testing.assert_array_equal(eager, graph)
    layer.set_weights(lstm[1:])
