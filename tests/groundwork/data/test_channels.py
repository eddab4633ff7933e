"""Tests of groundwork.data.channels."""

import hashlib

import numpy as np

from groundwork.data import channels

RGB = np.random.RandomState(0).randint(0, 256, (3, 7, 5, 3)).astype(np.uint8)


def test_luma_of_bytes_is_pillows_under_every_version():
    expected = ((RGB.astype(np.int64) @ [19595, 38470, 7471] + 32768) >> 16).astype(np.uint8)
    grey = channels.to_grey(RGB)
    assert grey.dtype == np.uint8
    np.testing.assert_array_equal(grey, expected)
    assert hashlib.sha256(grey.tobytes()).hexdigest() == (
        "ca2c3b30e9a8c022efad597fe186d19e8b2a50abebfd8adc3cb85703f91c73da")


def test_luma_of_floats():
    floats = RGB.astype(np.float32) / np.float32(127.5) - 1
    grey = channels.to_grey(floats)
    assert grey.dtype == np.float32
    np.testing.assert_allclose(grey, floats @ [0.299, 0.587, 0.114], atol=1e-6)
    for value in (-1, 1):
        assert (channels.to_grey(np.full((1, 2, 2, 3), value, np.float32)) == value).all()


def test_grey_survives_colour_and_back():
    grey = RGB[..., 0]
    colour = channels.to_colour(grey)
    assert colour.shape == (3, 7, 5, 3)
    for channel in range(3):
        np.testing.assert_array_equal(colour[..., channel], grey)
    np.testing.assert_array_equal(channels.to_grey(colour), grey)


def test_colour_of_grey_takes_no_memory():
    grey = RGB[..., 0]
    assert np.shares_memory(channels.to_colour(grey), grey)
