"""Tests of groundwork.data.scalars."""

import hashlib
import math

import numpy as np
import pytest

from groundwork.data import scalars
from groundwork.errors import UsageError


def test_mean_ink_is_the_share_of_the_way_from_the_darkest_to_the_brightest():
    images = np.zeros((4, 2, 3), np.uint8)
    images[1] = 255
    images[2, 0, 0] = 153  # a tenth of 6 * 255
    images[3, :, 0] = 255
    ink = scalars.mean_ink(images)
    assert ink.shape == (4, 1)
    assert ink.dtype == np.float32
    assert ink[:, 0].tolist() == [0, 1, np.float32(0.1), np.float32(1 / 3)]
    np.testing.assert_array_equal(scalars.mean_ink(images // 3 + 100), ink)


def test_mean_ink_of_floats_is_that_of_their_bytes():
    images = np.random.RandomState(0).randint(0, 256, (9, 4, 5)).astype(np.uint8)
    floats = images.astype(np.float32) / np.float32(127.5) - 1
    np.testing.assert_allclose(scalars.mean_ink(floats), scalars.mean_ink(images), atol=1e-6)


def test_equally_bright_images_are_refused():
    with pytest.raises(UsageError) as caught:
        scalars.mean_ink(np.full((5, 3, 3), 7, np.uint8))
    assert str(caught.value) == (
        "--dataset: expected images of which one is brighter than another, since this model learns "
        "their brightness; received 5 equally bright")


def test_mixture_has_the_declared_shape_and_is_pinned():
    points, components = scalars.gaussian_mixture(0)
    assert (points.shape, points.dtype) == ((10000, 1), np.float32)
    assert (components.shape, components.dtype) == ((10000,), np.int32)
    assert points.min() >= 0 and points.max() <= 1
    assert hashlib.sha256(points.astype("<f4").tobytes()).hexdigest() == (
        "8c7f13e3a916d73918153a386bbf968bd3833a8c0d2961580dbd6ac6eee07b06")


def test_mixture_has_equal_weights_and_the_components_their_moments():
    points, components = scalars.gaussian_mixture(3, count=100000)
    assert abs(components.mean() - 0.5) < 5 * 0.5 / math.sqrt(100000)
    for component, mean in enumerate((0.3, 0.7)):
        own = points[components == component].astype(np.float64)
        assert abs(own.mean() - mean) < 5 * 0.05 / math.sqrt(len(own))
        assert abs(own.std() - 0.05) < 5 * 0.05 / math.sqrt(2 * len(own))


def test_mixture_has_the_distribution_function_of_two_gaussians():
    points = np.sort(scalars.gaussian_mixture(3, count=100000)[0][:, 0].astype(np.float64))
    function = sum(0.5 + 0.5 * np.array([math.erf(z) for z in (points - mean) / 0.05 / 2 ** 0.5])
                   for mean in (0.3, 0.7)) / 2
    distance = np.abs(function - (np.arange(len(points)) + 0.5) / len(points)).max()
    assert distance < 1.95 / math.sqrt(len(points))  # Kolmogorov-Smirnov, one in a thousand


def test_mixture_belongs_to_the_seed():
    assert np.array_equal(*(scalars.gaussian_mixture(5)[0] for _ in range(2)))
    assert not np.array_equal(scalars.gaussian_mixture(5)[0], scalars.gaussian_mixture(6)[0])


def test_mixture_is_clipped(monkeypatch):
    monkeypatch.setattr(scalars, "STANDARD_DEVIATION", 1.0)
    points, unused_components = scalars.gaussian_mixture(0)
    assert points.min() == 0 and points.max() == 1
