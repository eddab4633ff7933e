"""modern.spectral_norm against NumPy's singular values, and against Keras's own layer."""

from modern import spectral_norm
import keras
import numpy as np
import pytest
import tensorflow as tf

from groundwork.training_options import TrainingOptions

FREE = TrainingOptions()
LAYERS = {
    "dense": (lambda wrapped, plain: (spectral_norm.SpectralDense if wrapped else
                                      keras.layers.Dense)(**plain), (7, 5)),
    "conv": (lambda wrapped, plain: (spectral_norm.SpectralConv2D if wrapped else
                                     keras.layers.Conv2D)(**plain), (7, 6, 6, 5)),
    "deconv": (lambda wrapped, plain: (spectral_norm.SpectralConv2DTranspose if wrapped else
                                       keras.layers.Conv2DTranspose)(**plain), (7, 6, 6, 5)),
}
CONVOLUTION = {"filters": 4, "kernel_size": 4, "strides": 2, "padding": "same"}


def normal(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape)


def dense():
    """A built layer of kernel [5, 4] in float64, in a network of its own."""
    layer = spectral_norm.SpectralDense(4, name="dense", dtype="float64")
    network = keras.Sequential([keras.Input((5,)), layer], name="d")
    layer.kernel.assign(normal(5, 4))
    layer.u.assign(normal(1, 4))
    return layer, network


def test_the_norm_becomes_the_largest_singular_value():
    layer, network = dense()
    for _ in range(200):
        network(normal(3, 5))
        spectral_norm.updates(network, FREE)
    matrix = layer.kernel.numpy()
    np.testing.assert_allclose(
        layer.normalized_kernel(), matrix / np.linalg.svd(matrix)[1][0], rtol=1e-12)
    assert np.linalg.norm(layer.u.numpy()) == pytest.approx(1.0, rel=1e-9)


def test_one_iteration_and_its_gradient_are_those_of_the_paper():
    layer, _ = dense()
    w, u, slope = layer.kernel.numpy(), layer.u.numpy()[0], normal(4, 5).T
    v = w @ u / np.linalg.norm(w @ u)
    u = v @ w / np.linalg.norm(v @ w)
    sigma = v @ w @ u
    with tf.GradientTape() as tape:
        kernel = layer.normalized_kernel()
        loss = tf.reduce_sum(kernel * slope)
    np.testing.assert_allclose(kernel, w / sigma, rtol=1e-11)
    expected = slope / sigma - np.sum(slope * w) / sigma ** 2 * np.outer(v, u)
    np.testing.assert_allclose(tape.gradient(loss, layer.kernel.value), expected, rtol=1e-10)


def test_the_vector_moves_once_however_many_passes_there_were():
    layer, network = dense()
    start, w = layer.u.numpy(), layer.kernel.numpy()
    for training in (True, True, False):
        network(normal(3, 5), training=training)
    np.testing.assert_array_equal(layer.u, start)
    np.testing.assert_array_equal(layer.kernel, w)
    spectral_norm.updates(network, TrainingOptions(freeze="d/dense"))
    np.testing.assert_array_equal(layer.u, start)
    spectral_norm.updates(network, FREE)
    once = start @ w.T @ w
    np.testing.assert_allclose(layer.u, once / np.linalg.norm(once), rtol=1e-11)


@pytest.mark.parametrize("kind", LAYERS)
def test_a_layer_is_the_plain_one_with_its_kernel_normalised(kind):
    make, shape = LAYERS[kind]
    plain = {"name": "layer", "activation": "tanh"}
    plain.update({"units": 4} if kind == "dense" else CONVOLUTION)
    layer, reference = make(True, plain), make(False, plain)
    x = normal(*shape).astype(np.float32)
    layer(x), reference(x)
    layer.bias.assign(normal(4))
    reference.bias.assign(layer.bias)
    reference.kernel.assign(layer.normalized_kernel())
    np.testing.assert_allclose(layer(x), reference(x), rtol=1e-5, atol=1e-6)
    assert layer.u.path.endswith("layer/u") and not layer.u.trainable


def test_keras_own_layer_is_another_method():
    """It overwrites the kernel, iterates at every call in training, and never else normalises."""
    inner = keras.layers.Dense(4, use_bias=False)
    stock = keras.layers.SpectralNormalization(inner)
    x = normal(3, 5).astype(np.float32)
    stock(x, training=False)
    start = inner.kernel.numpy()
    np.testing.assert_allclose(stock(x, training=False), x @ start, rtol=1e-5)
    stock(x, training=True)
    projected, u = inner.kernel.numpy(), stock.vector_u.numpy()
    assert np.abs(projected - start).max() > 0.01
    stock(x, training=True)
    assert np.abs(stock.vector_u.numpy() - u).max() > 1e-4
