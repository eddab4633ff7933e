"""legacy.attention against NumPy."""

from legacy import training  # before TensorFlow: sets how tf.layers is found
from legacy.attention import attend, self_attention
import numpy as np
import tensorflow.compat.v1 as tf

assert training


def normal(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape)


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def test_values_are_mixed_by_unscaled_products():
    query, key, value = normal(3, 6, 2), normal(3, 6, 2) + 1, normal(3, 6, 4)
    with tf.Graph().as_default(), tf.Session() as session:
        mixed, weights = session.run(attend(*map(tf.constant, (query, key, value))))
    expected = softmax(np.einsum("bqc,bkc->bqk", query, key))
    np.testing.assert_allclose(weights, expected, rtol=1e-12)
    np.testing.assert_allclose(mixed, np.einsum("bqk,bkc->bqc", expected, value), rtol=1e-12)


def test_inputs_come_through_at_first_and_then_the_formula_of_the_paper():
    x = normal(3, 6, 16)
    with tf.Graph().as_default(), tf.Session() as session:
        outputs, weights = self_attention(tf.constant(x))
        variables = {variable.op.name.split("/")[1]: variable
                     for variable in tf.trainable_variables()}
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(session.run(outputs), x)
        session.run(tf.assign(variables.pop("attention_gamma"), 0.5))
        kernels = session.run(variables)
        outputs, weights = session.run([outputs, weights])
    assert kernels["query"].shape == kernels["key"].shape == kernels["value"].shape == (16, 2)
    expected = softmax((x @ kernels["query"]) @ (x @ kernels["key"]).transpose(0, 2, 1))
    np.testing.assert_allclose(weights, expected, rtol=1e-10)
    np.testing.assert_allclose(
        outputs, x + 0.5 * expected @ (x @ kernels["value"]) @ kernels["output"],
        rtol=1e-10, atol=1e-12)
