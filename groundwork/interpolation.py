"""Walks between points of a model's noise, and along one of its codes."""

import numpy as np


def closed_walk(points, steps):
    """Points on great circles from each point to the next, and from the last to the first.

    Spherical rather than straight: the length of normal noise of many dimensions hardly varies, and
    the middle of a straight line is shorter than what a generator has seen (White 2016).

    Args:
      points: float [count, ...].
      steps: points of each part of the way, its first included, its last not.

    Returns:
      Of the dtype of `points`, [count * steps, ...].
    """
    flat = points.reshape(len(points), -1)
    fractions = np.arange(steps)[:, None] / steps
    parts = [_great_circle(start.astype(np.float64), end.astype(np.float64), fractions)
             for start, end in zip(flat, np.roll(flat, -1, axis=0))]
    return np.concatenate(parts).astype(points.dtype).reshape((-1,) + points.shape[1:])


def traversal(batch, code, columns):
    """Inputs of samples of which one code varies along each row, and nothing else.

    Args:
      batch: `{"sample/<input>": [count, ...]}`, in rows of `columns`, with "sample/codes".
      code: the column of the codes that grows evenly from -1 to 1; the other codes are 0.
      columns: samples a row.

    Returns:
      A batch of the same shapes: noise that is the first row's everywhere.
    """
    count = len(batch["sample/codes"])
    codes = np.zeros_like(batch["sample/codes"])
    codes[:, code] = np.linspace(-1, 1, columns)[np.arange(count) % columns]
    noise = np.repeat(batch["sample/noise"][:1], count, axis=0)
    return dict(batch, **{"sample/codes": codes, "sample/noise": noise})


def _great_circle(start, end, fractions):
    """Points [steps, size] between two, at the fractions [steps, 1] of the angle between them."""
    cosine = start.dot(end) / (np.linalg.norm(start) * np.linalg.norm(end))
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    if np.sin(angle) < 1e-6:  # one direction, or opposite ones, between which no circle is nearest
        return (1 - fractions) * start + fractions * end
    return (np.sin((1 - fractions) * angle) * start + np.sin(fractions * angle) * end) / np.sin(
        angle)
