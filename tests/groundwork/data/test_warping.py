"""Tests of groundwork.data.warping, against what NumPy does to arrays."""

import numpy as np
import pytest

from groundwork.data import warping

IMAGES = np.random.RandomState(0).uniform(-1, 1, (3, 6, 6)).astype(np.float32)
WIDE = np.random.RandomState(1).uniform(-1, 1, (2, 5, 8, 3)).astype(np.float32)


def warp(images, one_map, displacements=None):
    return warping.warp(images, np.stack([one_map] * len(images)), displacements)


def moved(images, down, right):
    """Shifted by whole pixels, edge pixels repeated."""
    height, width = images.shape[1:3]
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    columns = np.clip(np.arange(width) - right, 0, width - 1)
    return images[:, rows][:, :, columns]


def bilinear(image, y, x):
    """The value between pixels, by hand; (y, x) from the top left pixel."""
    y, x = np.clip(y, 0, image.shape[0] - 1), np.clip(x, 0, image.shape[1] - 1)
    top, left = min(int(y), image.shape[0] - 2), min(int(x), image.shape[1] - 2)
    v, u = y - top, x - left
    return ((1 - v) * (1 - u) * image[top, left] + (1 - v) * u * image[top, left + 1]
            + v * (1 - u) * image[top + 1, left] + v * u * image[top + 1, left + 1])


@pytest.mark.parametrize("images", [IMAGES, WIDE])
def test_identity_changes_no_bit(images):
    result = warp(images, warping.identity())
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, images)


@pytest.mark.parametrize("turns", [1, 2, 3, 4, -1])
def test_quarter_turns_are_rot90(turns):
    np.testing.assert_array_equal(
        warp(IMAGES, warping.rotation(90 * turns)), np.rot90(IMAGES, turns, axes=(1, 2)))


def test_half_turn_of_an_oblong_image():
    np.testing.assert_array_equal(warp(WIDE, warping.rotation(180)), WIDE[:, ::-1, ::-1])


@pytest.mark.parametrize("images", [IMAGES, WIDE])
def test_reflection_is_flip(images):
    np.testing.assert_array_equal(warp(images, warping.reflection(True)), np.flip(images, axis=2))


@pytest.mark.parametrize("down,right", [(0, 1), (2, 0), (-1, 3), (-2, -2), (9, -9)])
@pytest.mark.parametrize("images", [IMAGES, WIDE])
def test_translation_by_whole_pixels_moves_the_array(images, down, right):
    np.testing.assert_array_equal(
        warp(images, warping.translation(down, right)), moved(images, down, right))


def test_translation_by_half_a_pixel_is_the_mean_of_two():
    result = warp(IMAGES, warping.translation(0, 0.5))
    np.testing.assert_allclose(
        result[:, :, 1:], (IMAGES[:, :, 1:] + IMAGES[:, :, :-1]) / 2, atol=1e-7)
    np.testing.assert_array_equal(result[:, :, 0], IMAGES[:, :, 0])


def test_window_enlarges_its_part():
    # A third of 6x6 about a point half a pixel right and down of the centre of pixel (2, 2).
    result = warp(IMAGES, warping.window(1 / 3, 0, 0))
    for row in range(6):
        for column in range(6):
            np.testing.assert_allclose(
                result[:, row, column],
                [bilinear(image, 2.5 + (row - 2.5) / 3, 2.5 + (column - 2.5) / 3)
                 for image in IMAGES], atol=1e-6)
    blocks = np.repeat(np.repeat(IMAGES, 3, axis=1), 3, axis=2)
    upper_left = warp(blocks, warping.window(1 / 3, -6, -6))
    np.testing.assert_allclose(upper_left[:, 1::9, 1::9], IMAGES[:, :2, :2], atol=1e-6)


def test_any_map_is_bilinear_interpolation_at_its_points():
    maps = np.array([[[0.9, 0.3, 0.4], [-0.2, 1.1, -0.7]], [[0.5, 0.0, 1.2], [0.1, -0.6, 0.3]]])
    displacements = np.random.RandomState(2).uniform(-1, 1, (2, 2, 5, 8))
    result = warping.warp(WIDE, maps, displacements)
    for n in range(2):
        for row in range(5):
            for column in range(8):
                point = [row - 2 + displacements[n, 0, row, column],
                         column - 3.5 + displacements[n, 1, row, column], 1]
                y, x = maps[n] @ point
                np.testing.assert_allclose(
                    result[n, row, column], bilinear(WIDE[n], y + 2, x + 3.5), atol=1e-6)


def test_composition_is_one_after_the_other_on_whole_pixels():
    padded = np.pad(IMAGES, ((0, 0), (8, 8), (8, 8)), "constant")
    steps = [warping.translation(2, -3), warping.rotation(90), warping.reflection(True),
             warping.translation(-1, 4), warping.rotation(180)]
    one_by_one, composed = padded, warping.identity()
    for step in steps:
        one_by_one = warp(one_by_one, step)
        composed = warping.compose(step, composed)
    np.testing.assert_array_equal(warp(padded, composed), one_by_one)
    other_order = warp(padded, warping.compose(steps[0], steps[1]))
    assert not np.array_equal(other_order, warp(padded, warping.compose(steps[1], steps[0])))


def test_arrays_of_numbers_give_as_many_maps():
    degrees = np.array([0, 33.3, -120])
    for maps, each in [
            (warping.rotation(degrees), [warping.rotation(d) for d in degrees]),
            (warping.reflection(degrees > 0), [warping.reflection(d > 0) for d in degrees]),
            (warping.translation(degrees, 2), [warping.translation(d, 2) for d in degrees]),
            (warping.window(0.5, 1, degrees), [warping.window(0.5, 1, d) for d in degrees])]:
        assert (maps.shape, maps.dtype) == ((3, 2, 3), np.float64)
        np.testing.assert_array_equal(maps, np.stack(each))
        np.testing.assert_array_equal(
            warping.compose(maps, warping.rotation(7)),
            np.stack([warping.compose(one, warping.rotation(7)) for one in each]))


def test_composition_is_the_product_of_homogeneous_matrices():
    inner, outer = (np.random.RandomState(seed).normal(size=(2, 3)) for seed in (3, 4))
    last = [[0, 0, 1]]
    product = np.vstack([inner, last]) @ np.vstack([outer, last])
    np.testing.assert_allclose(warping.compose(outer, inner), product[:2], rtol=1e-13)


def test_images_do_not_read_each_other_however_many_there_are():
    count = warping._CHUNK + 3
    images = np.arange(count, dtype=np.float32)[:, None, None] * np.ones((1, 4, 4), np.float32)
    result = warp(images, warping.compose(warping.translation(1.3, -2.7), warping.rotation(30)))
    np.testing.assert_array_equal(result, images)


def test_input_is_left_alone():
    before = IMAGES.copy()
    warp(IMAGES, warping.reflection(True))
    np.testing.assert_array_equal(IMAGES, before)
