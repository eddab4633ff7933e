"""Tests of groundwork.run.histograms."""

import numpy as np
import pytest

from groundwork.run.histograms import histogram


def test_values_are_counted_in_30_buckets_between_the_least_and_the_greatest():
    found = histogram(np.arange(60, dtype=np.float32).reshape(6, 10))
    np.testing.assert_allclose(found.edges, np.linspace(0, 59, 31), rtol=1e-15)
    assert found.counts.tolist() == [2] * 30
    assert (found.sum, found.sum_of_squares) == (60 * 59 / 2, 59 * 60 * 119 / 6)


def test_a_value_lies_in_the_bucket_of_its_edges():
    found = histogram(np.array([-1.5, -1.5, 0.05, 1.5]))
    assert (found.edges[0], found.edges[-1]) == (-1.5, 1.5)
    assert np.flatnonzero(found.counts).tolist() == [0, 15, 29]
    assert found.counts[[0, 15, 29]].tolist() == [2, 1, 1]
    assert found.sum_of_squares == pytest.approx(3 * 2.25 + 0.0025)


def test_equal_values_have_buckets_around_them():
    found = histogram(np.full(7, 3.0, np.float32))
    assert (found.edges[0], found.edges[-1]) == (2.5, 3.5)
    assert found.counts.sum() == found.counts[15] == 7


def test_large_float32_numbers_do_not_overflow():
    found = histogram(np.array([-3e38, 3e38], np.float32))
    assert np.isfinite(found.edges).all()
    assert found.counts.sum() == 2
    assert found.sum_of_squares == pytest.approx(1.8e77, rel=1e-6)
