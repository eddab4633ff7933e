"""Tests of groundwork.data.draws."""

import numpy as np
import pytest

from groundwork import randomness
from groundwork.data import draws
from groundwork.data.draws import mixing, noise


def test_noise_is_standard_normal():
    draw = noise(1, "a", 1, (400, 250), "float64")
    assert abs(draw.mean()) < 5 / np.sqrt(draw.size)
    assert abs((draw ** 2).mean() - 1) < 5 * np.sqrt(2 / draw.size)
    assert abs((draw ** 4).mean() - 3) < 5 * np.sqrt(96 / draw.size)


def test_mixing_is_uniform_from_0_up_to_not_including_1():
    draw = mixing(1, "a", 1, (400, 250), "float64")
    assert 0 <= draw.min() < 1e-4 and 1 - 1e-4 < draw.max() < 1
    for power in (1, 2, 3):
        spread = np.sqrt(1 / (2 * power + 1) - 1 / (power + 1) ** 2)
        assert abs((draw ** power).mean() - 1 / (power + 1)) < 5 * spread / np.sqrt(draw.size)
    single = mixing(1, "a", 1, (400, 250), "float32")
    assert single.dtype == np.float32 and single.max() < 1
    np.testing.assert_array_equal(single.astype(np.float64), draw)
    assert not np.array_equal(mixing(1, "b", 1, (400, 250), "float64"), draw)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_largest_mixing_is_below_1(dtype, monkeypatch):
    class Largest:
        def integers(self, high, size):
            return np.full(size, high - 1)

    monkeypatch.setattr(randomness, "generator", lambda *name: Largest())
    draw = mixing(1, "a", 1, (2, 1), dtype)
    assert draw.tolist() == [[1 - 2.0 ** -24]] * 2


def test_codes_are_uniform_from_minus_one_to_one():
    drawn = draws.draw("codes", 1, "joint/codes", 3, (1000, 2), "float64")
    assert drawn.min() >= -1 and drawn.max() < 1 and abs(drawn.mean()) < 0.05
    np.testing.assert_array_equal(
        drawn, 2 * mixing(1, "joint/codes", 3, (1000, 2), "float64") - 1)


def test_one_hot_rows_need_no_square_of_the_classes():
    rows = draws.one_hot(np.array([999999, 0]), 10 ** 6, np.float32)
    assert rows.shape == (2, 10 ** 6) and rows.dtype == np.float32
    assert rows.sum() == rows[0, -1] + rows[1, 0] == 2
