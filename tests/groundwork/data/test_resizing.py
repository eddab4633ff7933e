"""Tests of groundwork.data.resizing."""

import numpy as np
from PIL import Image

from groundwork.data import resizing


def test_images_of_the_wanted_shape_are_not_resampled():
    images = np.random.RandomState(0).randint(0, 256, (3, 28, 28)).astype(np.uint8)

    assert resizing.resize(images, (28, 28)) is images


def test_shape_is_height_then_width():
    columns = np.zeros((2, 4, 4), np.uint8)
    columns[:, :, 2:] = 255

    resized = resizing.resize(columns, (3, 8))

    assert resized.shape == (2, 3, 8)
    assert resized.dtype == np.uint8
    np.testing.assert_array_equal(resized[0], resized[0, :1].repeat(3, axis=0))
    assert resized[0, 0, 0] == 0 and resized[0, 0, 7] == 255


def test_each_image_is_resampled_bicubically_on_its_own():
    images = np.random.RandomState(0).randint(0, 256, (4, 8, 8)).astype(np.uint8)

    resized = resizing.resize(images, (28, 28))

    for image, result in zip(images, resized):
        expected = np.asarray(Image.fromarray(image).resize((28, 28), Image.BICUBIC))
        np.testing.assert_array_equal(result, expected)


def test_constant_image_stays_constant():
    resized = resizing.resize(np.full((1, 8, 8), 77, np.uint8), (20, 36))

    np.testing.assert_array_equal(resized, np.full((1, 20, 36), 77, np.uint8))


def test_colours_are_resampled_each_on_its_own():
    images = np.random.RandomState(0).randint(0, 256, (3, 8, 8, 3)).astype(np.uint8)

    resized = resizing.resize(images, (12, 20))

    assert resized.shape == (3, 12, 20, 3)
    for channel in range(3):
        np.testing.assert_array_equal(
            resized[..., channel], resizing.resize(images[..., channel].copy(), (12, 20)))


def test_floats_are_resampled_without_rounding():
    # Far from the ends, where bytes are clipped between the passes along rows and columns.
    images = np.random.RandomState(0).randint(100, 156, (3, 8, 9, 3)).astype(np.uint8)
    floats = images.astype(np.float32) / np.float32(127.5) - 1

    resized = resizing.resize(floats, (20, 13))

    assert resized.dtype == np.float32
    np.testing.assert_allclose(
        resized, resizing.resize(images, (20, 13)) / 127.5 - 1, rtol=0, atol=1.5 / 127.5)
    assert len(np.unique(resized)) > 1000


def test_floats_are_clipped_where_the_filter_overshoots():
    checks = np.float32([[[-1, 1, -1, 1], [1, -1, 1, -1]]])

    resized = resizing.resize(checks, (7, 13))

    assert resized.min() == -1 and resized.max() == 1
