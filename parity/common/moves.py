"""How a variable's move differs from another beside a factor of it as a whole."""

import numpy as np


def rest(value, expected, before):
    """What of a difference no factor of the whole move makes: its norm beside the move's.

    Args:
      value, expected, before: arrays of one shape, floats; the move is `expected - before`.

    Returns:
      a number from 0; inf where there is no move, or something is not finite.
    """
    with np.errstate(all="ignore"):
        move = np.ravel(np.asarray(expected, np.float64) - before)
        off = np.ravel(np.asarray(value, np.float64) - expected)
        factor = np.dot(off, move) / np.dot(move, move)
        left = np.linalg.norm(off - factor * move) / np.linalg.norm(move)
    return float(left) if np.isfinite(left) else float("inf")
