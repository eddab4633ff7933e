"""Tests of groundwork.initial_weights."""

import hashlib
import math

import numpy as np
import pytest

from groundwork import initial_weights

KERNEL = "generator/hidden1/kernel"


def test_kernel_numbers_are_pinned():
    kernel = initial_weights.draw(1, KERNEL, (100, 128))
    assert kernel.dtype == np.float32
    assert kernel[0, :3].tolist() == [
        0.13367301225662231, -0.14452727138996124, -0.0561523474752903]
    assert hashlib.sha256(kernel.astype("<f4").tobytes()).hexdigest() == (
        "609321f729aeecb8284b7253ef44e655986d9dc3406cb0675a8915da3236c08b")


@pytest.mark.parametrize("shape,fan_sum", [
    ((100, 128), 228),
    ((784, 512), 1296),
    ((512, 1), 513),
    ((4, 4, 64, 128), 16 * 192),
])
def test_kernels_are_glorot_uniform(shape, fan_sum):
    limit = math.sqrt(6 / fan_sum)
    kernel = initial_weights.draw(3, KERNEL, shape).astype(np.float64)
    count = kernel.size
    assert kernel.shape == shape
    assert limit * (1 - 20 / count) < np.abs(kernel).max() <= limit * (1 + 1e-7)
    # Five standard errors of the moments of U(-l, l).
    assert abs(kernel.mean()) < 5 * limit / math.sqrt(3 * count)
    assert abs((kernel ** 2).mean() - limit ** 2 / 3) < 5 * limit ** 2 * math.sqrt(4 / 45 / count)
    assert abs((kernel ** 4).mean() - limit ** 4 / 5) < 5 * limit ** 4 * math.sqrt(16 / 225 / count)


def test_neighbours_in_a_kernel_are_uncorrelated():
    kernel = initial_weights.draw(3, KERNEL, (784, 512)).astype(np.float64)
    for one, other in ((kernel[1:], kernel[:-1]), (kernel[:, 1:], kernel[:, :-1])):
        correlation = np.corrcoef(one.ravel(), other.ravel())[0, 1]
        assert abs(correlation) < 5 / math.sqrt(one.size)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_biases_are_zero(dtype):
    bias = initial_weights.draw(1, "encoder/z_mean/bias", (20,), dtype)
    assert bias.dtype == dtype
    assert bias.tolist() == [0.0] * 20


def test_both_precisions_start_from_the_same_numbers():
    single = initial_weights.draw(1, KERNEL, (100, 128), "float32")
    double = initial_weights.draw(1, KERNEL, (100, 128), "float64")
    assert double.dtype == np.float64
    assert np.array_equal(single.astype(np.float64), double)


def test_seed_and_whole_name_select_the_numbers():
    draws = [initial_weights.draw(seed, name, (3, 3)).tolist() for seed, name in [
        (1, "generator/hidden1/kernel"), (2, "generator/hidden1/kernel"),
        (1, "generator/hidden2/kernel"), (1, "discriminator/hidden1/kernel")]]
    for index, draw in enumerate(draws):
        assert draw not in draws[:index]


def test_shape_may_be_a_list():
    assert np.array_equal(initial_weights.draw(1, KERNEL, [4, 5]),
                          initial_weights.draw(1, KERNEL, (4, 5)))


def test_name_without_a_distribution_is_refused():
    with pytest.raises(KeyError, match="no_such_leaf"):
        initial_weights.draw(1, "generator/hidden1/no_such_leaf", (3,))


@pytest.mark.parametrize("leaf,value", [
    ("biases", 0.0), ("beta", 0.0), ("gamma", 1.0)])
def test_constant_starts(leaf, value):
    assert initial_weights.draw(1, "generator/norm1/" + leaf, (3,)).tolist() == [value] * 3


def test_tf_slims_weights_are_the_kernel_of_the_same_layer():
    kernel = initial_weights.draw(1, "generator/deconv1/kernel", (4, 4, 3, 2))
    weights = initial_weights.draw(1, "generator/deconv1/weights", (4, 4, 3, 2))
    assert np.array_equal(kernel, weights)
