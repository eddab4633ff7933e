"""One product of a layer as a function of nothing, by NumPy's library or by TensorFlow's.

A layer's products share its kernel; all else they have of their own, as TensorFlow computes
operations with equal inputs once.
"""

import functools

import numpy as np

from benchmarks.speed import products
from groundwork import importing

with importing.importing_tensorflow():
    import tensorflow as tf


def _random(*shape):
    return np.random.default_rng(1).random(shape, np.float32) - 0.5


@functools.cache
def _kernel(layer):
    return tf.constant(_random(*layer.kernel))


def _factors(product, rows):
    """Both factors of a dense layer's product, and which of them are transposed."""
    size, units = product.layer.kernel
    inputs, outputs = _random(rows, size), _random(rows, units)
    if product.of == products.WEIGHTS:
        return inputs, outputs, True, False
    kernel = _kernel(product.layer).numpy()  # the same memory
    return (inputs, kernel, False, False) if product.of == products.OUTPUTS else (
        outputs, kernel, False, True)


def by_numpy(product, rows):
    """The function of a dense layer's product."""
    left, right, turn_left, turn_right = _factors(product, rows)
    a, b = left.T if turn_left else left, right.T if turn_right else right
    out = np.empty((a.shape[0], b.shape[1]), np.float32)
    return lambda: np.matmul(a, b, out=out)


def by_tensorflow(product, rows):
    """The function of any product, which returns a tensor."""
    if product.layer.kind != "dense":
        return _convolution(product, rows)
    left, right, turn_left, turn_right = _factors(product, rows)
    a = tf.constant(left)
    b = tf.constant(right) if product.of == products.WEIGHTS else _kernel(product.layer)
    return lambda: tf.raw_ops.MatMul(a=a, b=b, transpose_a=turn_left, transpose_b=turn_right)


def _convolution(product, rows):
    """A transposed convolution's products are those of the convolution whose gradient it is."""
    of, maps = product.of, [product.layer.inputs, product.layer.outputs]
    if product.layer.kind == "transposed":
        maps.reverse()
        of = {products.OUTPUTS: products.INPUTS, products.INPUTS: products.OUTPUTS}.get(of, of)
    inputs, outputs = (tf.constant(_random(rows, *shape)) for shape in maps)
    kernel = _kernel(product.layer)
    stride = inputs.shape[1] // outputs.shape[1]
    shape = {"strides": [1, stride, stride, 1], "padding": "SAME"}
    return {
        products.OUTPUTS: lambda: tf.raw_ops.Conv2D(input=inputs, filter=kernel, **shape),
        products.WEIGHTS: lambda: tf.raw_ops.Conv2DBackpropFilter(
            input=inputs, filter_sizes=kernel.shape, out_backprop=outputs, **shape),
        products.INPUTS: lambda: tf.raw_ops.Conv2DBackpropInput(
            input_sizes=inputs.shape, filter=kernel, out_backprop=outputs, **shape)}[of]
