"""Walks between points of a model's noise."""

import numpy as np


def closed_walk(points, steps):
    """Points on great circles from each point to the next, and from the last to the first.

    Spherical rather than straight: the length of normal noise of many dimensions hardly varies, and
    the middle of a straight line is shorter than what a generator has seen (White 2016).

    Args:
      points: float [count, size].
      steps: points of each part of the way, its first included, its last not.

    Returns:
      Of the dtype of `points`, [count * steps, size].
    """
    fractions = np.arange(steps)[:, None] / steps
    parts = [_great_circle(start.astype(np.float64), end.astype(np.float64), fractions)
             for start, end in zip(points, np.roll(points, -1, axis=0))]
    return np.concatenate(parts).astype(points.dtype)


def _great_circle(start, end, fractions):
    """Points [steps, size] between two, at the fractions [steps, 1] of the angle between them."""
    cosine = start.dot(end) / (np.linalg.norm(start) * np.linalg.norm(end))
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    if np.sin(angle) < 1e-6:  # one direction, or opposite ones, between which no circle is nearest
        return (1 - fractions) * start + fractions * end
    return (np.sin((1 - fractions) * angle) * start + np.sin(fractions * angle) * end) / np.sin(
        angle)
