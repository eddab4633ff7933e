"""How a move differs from another: by a factor as a whole, and by what no factor makes."""

import numpy as np


def factor_and_rest(value, expected, before):
    """(factor, rest): `value` is `expected` and `factor` times its move, but for the rest.

    Args:
      value, expected, before: arrays of one shape, floats; the move is `expected - before`.

    Returns:
      the factor that leaves least, and the rest's norm beside the move's; (0, inf) where there is
      no move, or something is not finite.
    """
    with np.errstate(all="ignore"):
        move = np.ravel(np.asarray(expected, np.float64) - before)
        off = np.ravel(np.asarray(value, np.float64) - expected)
        factor = np.dot(off, move) / np.dot(move, move)
        rest = np.linalg.norm(off - factor * move) / np.linalg.norm(move)
    return (float(factor), float(rest)) if np.isfinite(rest) else (0.0, float("inf"))
