import os

import numpy as np
from PIL import Image
import pytest

from groundwork.run.grids import tile, tile_pairs, write_png


def test_places_values_and_separators():
    images = np.array([-1.0, 0.0, 1.0], np.float32).reshape(3, 1, 1)
    expected = np.full((4, 4), 255, np.uint8)
    expected[0, 0], expected[0, 3], expected[3, 0] = 0, 128, 255
    grid = tile(images)
    assert grid.dtype == np.uint8
    np.testing.assert_array_equal(grid, expected)


def test_images_follow_rows_of_the_given_columns():
    images = -np.ones((5, 3, 4, 3))
    images[4, 2, 1] = (-1.0, 1.0, 0.5)
    grid = tile(images, columns=2)
    assert grid.shape == (3 * 3 + 2 * 2, 2 * 4 + 2, 3)
    np.testing.assert_array_equal(grid[10:, :4][2, 1], [0, 255, 191])
    assert grid[:3, :4].max() == grid[:3, 6:].max() == grid[5:8, 6:].max() == 0
    assert grid[3:5].min() == grid[8:10].min() == grid[:, 4:6].min() == grid[10:, 6:].min() == 255


@pytest.mark.parametrize("count, shape", [(1, (1, 1)), (2, (1, 4)), (4, (4, 4)), (5, (4, 7)),
                                          (7, (7, 7)), (64, (22, 22))])
def test_default_is_near_square(count, shape):
    assert tile(np.zeros((count, 1, 1))).shape == shape


def test_every_level_comes_back_and_values_outside_are_clipped():
    levels = np.arange(256)
    image = (levels / 127.5 - 1.0).astype(np.float32).reshape(1, 16, 16)
    np.testing.assert_array_equal(tile(image).ravel(), levels)
    np.testing.assert_array_equal(tile(np.array([[[-1.5, 7.0, 3e38]]])), [[0, 255, 255]])


def test_one_channel_stays():
    assert tile(np.zeros((4, 2, 2, 1))).shape == (6, 6, 1)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_non_finite_images_are_refused(value):
    images = np.zeros((2, 2, 2))
    images[1, 0, 1] = value
    with pytest.raises(ValueError, match="finite"):
        tile(images)


@pytest.mark.parametrize("images, message", [
    (np.zeros((2, 2)), "shape"), (np.zeros((0, 2, 2)), "shape"), (np.zeros((1, 2, 2, 2)), "shape"),
    (np.zeros((1, 2, 2), np.uint8), "float")])
def test_what_is_no_batch_of_images_is_refused(images, message):
    with pytest.raises(ValueError, match=message):
        tile(images)


def test_no_columns_are_refused():
    with pytest.raises(ValueError, match="column"):
        tile(np.zeros((1, 2, 2)), columns=0)


@pytest.mark.parametrize("shape, mode", [((6, 4), "L"), ((6, 4, 1), "L"), ((6, 4, 3), "RGB")])
def test_png_holds_the_pixels_and_equal_grids_give_equal_bytes(tmp_path, shape, mode):
    grid = np.random.RandomState(0).randint(0, 256, shape).astype(np.uint8)
    write_png(str(tmp_path / "a.png"), grid)
    write_png(str(tmp_path / "b.png"), grid.copy(order="F"))
    with Image.open(str(tmp_path / "a.png")) as image:
        assert image.mode == mode
        np.testing.assert_array_equal(np.asarray(image).reshape(shape), grid)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sorted(os.listdir(str(tmp_path))) == ["a.png", "b.png"]


def test_png_of_floats_is_refused(tmp_path):
    with pytest.raises(ValueError, match="uint8"):
        write_png(str(tmp_path / "a.png"), np.zeros((2, 2), np.float32))
    assert os.listdir(str(tmp_path)) == []


def test_pairs_stand_one_over_the_other_row_by_row():
    upper = np.full((5, 2, 2), -1.0) + np.arange(5)[:, None, None] * 0.02
    lower = -upper
    grid = tile_pairs(upper, lower, columns=2)
    assert grid.shape == (4 * 4 - 2, 2 * 4 - 2)  # the fifth pair does not fill a row
    assert grid[::4, ::4].tolist() == [[0, 3], [255, 252], [5, 8], [250, 247]]


def test_pairs_that_are_less_than_a_row_stand_in_one():
    images = np.zeros((3, 2, 2))
    assert tile_pairs(images, images).shape == (2 * 4 - 2, 3 * 4 - 2)


def test_no_lines_when_their_width_is_zero():
    images = np.linspace(-1, 1, 4)[:, None, None] * np.ones((4, 2, 3))
    grid = tile(images, separator=0)
    assert grid.shape == (4, 6)
    assert grid[::2, ::3].tolist() == [[0, 85], [170, 255]]
