"""Tests of groundwork.run.row_names, and of the pictures that have them."""

import numpy as np
import pytest

from groundwork import models
from groundwork.run import grids
from groundwork.run import pictures
from groundwork.run import row_names


@pytest.mark.parametrize("channels", [(), (3,)])
def test_names_stand_left_of_their_rows(channels):
    grid = np.full((90, 40) + channels, 77, np.uint8)
    named = row_names.beside(grid, ["7", "", "12"])
    margin = named.shape[1] - 40
    assert named.shape == (90, 40 + margin) + channels and 10 < margin < 40
    np.testing.assert_array_equal(named[:, margin:], grid)
    ink = (named[:, :margin].reshape(90, margin, -1) < 128).any(axis=(1, 2))
    assert ink[10:20].any() and ink[70:80].any()
    assert not ink[:5].any() and not ink[25:65].any() and not ink[85:].any()


def test_a_picture_of_classes_names_the_first_of_each_row():
    images = np.zeros((6, 16, 16), np.float32)
    classes = np.eye(10)[[3, 3, 0, 0, 8, 8]]
    hparams = models.ConditionalGan()
    picture = pictures.of_samples(hparams, images, columns=2, classes=classes, scale=2)
    grid = grids.enlarged(grids.tile(images, 2), 2)
    np.testing.assert_array_equal(picture, row_names.beside(grid, ["3", "0", "8"]))
    np.testing.assert_array_equal(
        pictures.of_samples(hparams, images, columns=2, scale=2), grid)
