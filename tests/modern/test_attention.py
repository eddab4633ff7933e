"""modern.attention against NumPy."""

from modern.attention import attend, SelfAttention
import keras
import numpy as np
import tensorflow as tf


def normal(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape)


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def attention(spectral_norm=False):
    """A layer over [batch, 6, 16] in float64."""
    layer = SelfAttention(spectral_norm, name="attention", dtype="float64")
    keras.Sequential([keras.Input((6, 16)), layer], name="net")
    return layer


def test_values_are_mixed_by_unscaled_products():
    query, key, value = normal(3, 6, 2), normal(3, 6, 2) + 1, normal(3, 6, 4)
    mixed, weights = attend(query, key, value)
    expected = softmax(np.einsum("bqc,bkc->bqk", query, key))
    np.testing.assert_allclose(weights, expected, rtol=1e-12)
    np.testing.assert_allclose(mixed, np.einsum("bqk,bkc->bqc", expected, value), rtol=1e-12)


def test_at_the_start_the_inputs_come_through_and_gamma_alone_is_learnt():
    layer, x = attention(), tf.constant(normal(3, 6, 16))
    with tf.GradientTape() as tape:
        outputs = layer(x)
        loss = tf.reduce_sum(outputs * normal(3, 16, 6).transpose(0, 2, 1))
    np.testing.assert_array_equal(outputs, x)
    gradients = tape.gradient(loss, layer.trainable_variables)
    learnt = [variable.name for variable, gradient in zip(layer.trainable_variables, gradients)
              if np.any(gradient)]
    assert learnt == ["attention_gamma"] and len(gradients) == 5


def test_the_layer_is_the_formula_of_the_paper():
    layer, x = attention(), normal(3, 6, 16)
    layer.gamma.assign(0.5)
    query, key, value, output = [each.kernel.numpy() for each in layer.layers]
    assert query.shape == key.shape == value.shape == (16, 2)
    weights = softmax((x @ query) @ (x @ key).transpose(0, 2, 1))
    np.testing.assert_allclose(
        layer(x), x + 0.5 * weights @ (x @ value) @ output, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(layer.weights_of_last_pass, weights, rtol=1e-10)


def test_all_kernels_are_normalised_on_demand():
    assert [each.path for each in attention(True).non_trainable_variables] == [
        "net/attention/" + name + "/u" for name in ("query", "key", "value", "output")]
    assert attention().non_trainable_variables == []
