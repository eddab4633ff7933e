"""Residual of one move of a variable against another, after the best scaling."""

import numpy as np


def residual(value, expected, before):
    """Norm of the part of `value - expected` that is no multiple of the move, relative to the move.

    Args:
      value, expected, before: float arrays of one shape; the move is `expected - before`.

    Returns:
      a number from 0; inf where nothing moves, or an entry is not finite.
    """
    with np.errstate(all="ignore"):
        move = np.ravel(np.asarray(expected, np.float64) - before)
        off = np.ravel(np.asarray(value, np.float64) - expected)
        factor = np.dot(off, move) / np.dot(move, move)
        left = np.linalg.norm(off - factor * move) / np.linalg.norm(move)
    return float(left) if np.isfinite(left) else float("inf")
