"""Layers: what they compute beside TensorFlow's own functions, and the graph of their gradients."""

from modern import layers  # before Keras: sets its backend
import keras
import numpy as np
import pytest
import tensorflow as tf


@pytest.fixture(name="convolution")
def fixture_convolution():
    """(layer of three filters with a bias that is not zero, images [2, 5, 5, 2])."""
    layer = layers.Conv2D(3, 2)
    layer.build((None, 5, 5, 2))
    layer.bias.assign([0.5, -0.25, 2.0])
    return layer, tf.random.stateless_normal([2, 5, 5, 2], seed=(1, 2))


def by_tensorflow(layer, images):
    return tf.nn.bias_add(tf.nn.conv2d(images, layer.kernel, 1, "VALID"), layer.bias)


def gradients(function, layer, images):
    """Of the sum of the squares of the outputs, by images, kernel and bias."""
    with tf.GradientTape() as tape:
        tape.watch(images)
        loss = tf.reduce_sum(tf.square(function(images)))
    return tape.gradient(loss, [images, layer.kernel.value, layer.bias.value])


def test_a_convolution_with_its_bias_is_that_of_tensorflow_bit_for_bit(convolution):
    layer, images = convolution
    np.testing.assert_array_equal(layer(images), by_tensorflow(layer, images))
    ours, reference = (gradients(function, layer, images) for function in (
        layer, lambda given: by_tensorflow(layer, given)))
    for one, other in zip(ours, reference):
        np.testing.assert_array_equal(one, other)


def test_weights_that_were_saved_of_kerass_own_layer_load(convolution, tmp_path):
    layer, images = convolution
    stock = keras.layers.Conv2D(3, 2)
    models = [keras.Sequential([keras.Input((5, 5, 2)), each]) for each in (stock, layer)]
    stock.bias.assign([1.0, 2.0, 3.0])
    models[0].save_weights(str(tmp_path / "a.weights.h5"))
    models[1].load_weights(str(tmp_path / "a.weights.h5"))
    np.testing.assert_array_equal(layer.kernel, stock.kernel)
    np.testing.assert_array_equal(layer.bias, [1.0, 2.0, 3.0])


def test_a_gradient_has_a_gradient(convolution):
    """As the gradient penalty of a critic needs."""
    layer, images = convolution

    def penalty(function):
        with tf.GradientTape() as tape:
            by_images, _, _ = gradients(function, layer, images)
            value = tf.reduce_sum(tf.square(by_images))
        return tape.gradient(value, [layer.kernel.value, layer.bias.value])

    for one, other in zip(penalty(layer), penalty(lambda given: by_tensorflow(layer, given))):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_kernel_and_bias_have_a_gradient_each_that_no_optimiser_joins(convolution):
    layer, images = convolution
    graph = tf.function(lambda given: gradients(layer, layer, given)).get_concrete_function(
        images).graph
    of_bias, = (op for op in graph.get_operations() if op.type == "BiasAddGrad")
    of_kernel, = (op for op in graph.get_operations() if op.type == "Conv2DBackpropFilter")
    upstream = of_kernel.inputs[2].op
    assert upstream.type == "Identity" and of_bias in upstream.control_inputs
