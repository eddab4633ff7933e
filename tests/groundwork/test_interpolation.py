"""Tests of groundwork.interpolation."""

import numpy as np

from groundwork import interpolation


def test_a_quarter_of_a_circle_in_equal_angles():
    points = np.array([[2.0, 0.0], [0.0, 2.0]])
    walk = interpolation.closed_walk(points, 3)
    angles = np.radians([0, 30, 60, 90, 60, 30])
    np.testing.assert_allclose(
        walk, 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1), atol=1e-12)


def test_every_point_is_passed_and_keeps_about_its_length():
    points = np.random.RandomState(0).randn(4, 100).astype(np.float32)
    walk = interpolation.closed_walk(points, 5)
    assert (walk.shape, walk.dtype) == ((20, 100), np.float32)
    np.testing.assert_allclose(walk[::5], points, rtol=1e-6)
    lengths = np.linalg.norm(walk, axis=1)
    assert lengths.min() > 0.95 * np.linalg.norm(points, axis=1).min()


def test_noise_of_each_step_is_walked_as_one_point():
    points = np.random.RandomState(0).randn(3, 7, 2)
    walk = interpolation.closed_walk(points, 4)
    assert walk.shape == (12, 7, 2)
    np.testing.assert_array_equal(
        walk.reshape(12, 14), interpolation.closed_walk(points.reshape(3, 14), 4))


def test_one_direction_is_walked_straight():
    one = interpolation.closed_walk(np.array([[1.0, 1.0], [3.0, 3.0]]), 2)
    np.testing.assert_allclose(one, [[1, 1], [2, 2], [3, 3], [2, 2]], rtol=1e-12)
    alone = interpolation.closed_walk(np.array([[1.0, 1.0]]), 2)
    np.testing.assert_allclose(alone, [[1, 1], [1, 1]], rtol=1e-12)
