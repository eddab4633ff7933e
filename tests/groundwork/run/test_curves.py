"""Tests of groundwork.run.curves."""

import numpy as np

from groundwork.run import curves


def test_each_curve_is_drawn_in_its_cell_between_its_ends():
    waves = np.zeros((5, 30, 1))
    waves[1] = 0.9  # the second cell of the first row
    waves[3] = -3.0  # clipped: the first cell of the second row
    picture = curves.picture(waves)
    assert picture.shape == (2 * 75, 3 * 100, 3)
    assert picture.dtype == np.uint8
    drawn = picture[:, :, 0] < 100  # the curves' blue; lines of zero are grey
    rows = [np.flatnonzero(drawn[:75, 100:200].any(axis=1)),
            np.flatnonzero(drawn[75:, :100].any(axis=1))]
    assert rows[0].size and np.all(np.abs(rows[0] - (37.5 - 0.9 * 0.85 * 37.5)) < 3)
    assert rows[1].size and np.all(np.abs(rows[1] - (37.5 + 0.85 * 37.5)) < 3)
    assert not drawn[75:, 200:].any()  # the sixth cell is free


def test_equal_curves_are_equal_pictures_and_features_have_colours():
    waves = np.random.RandomState(0).uniform(-1, 1, (4, 6, 2))
    np.testing.assert_array_equal(curves.picture(waves), curves.picture(waves))
    reddish = curves.picture(waves).astype(int)
    assert np.any(reddish[:, :, 0] - reddish[:, :, 2] > 100)  # the second feature is orange
