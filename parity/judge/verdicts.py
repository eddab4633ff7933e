"""What a difference means, in each precision and with what the other one says of it."""

import numpy as np

from parity.judge import differences
from parity.judge.compared import BIASED

# A float32 update is this many times as far off as one unit in the last place makes it.
_MARGIN = 64


def in_float64(row):
    """The verdict on a `Compared` in float64."""
    return differences.float64_verdict(row.difference, row.allowance)


def float64_verdict(row, alike):
    """The verdict on a float64 row, given the keys of rows that float32 alone finds alike.

    There is no fused batch norm in float64, so that its formula stands for it on the reference's
    side; a port that agrees with the kernel itself in float32 may use the other formula there.
    """
    best = differences.IDENTICAL if row.note == BIASED and row.key in alike else row.at_best
    return differences.worst([best, in_float64(row)])


def float32_verdict(row, wide, constant):
    """The verdict on a float32 row, given float64's and what rounded constants change there."""
    if row.at_best == differences.INCONCLUSIVE:
        return row.at_best
    above = None
    if row.rung >= 6:
        above = row.difference.relative > _MARGIN * max(row.allowance, np.finfo(np.float32).eps)
    verdict = differences.float32_verdict(row.difference, wide, above)
    if verdict == differences.DIFFERENT and row.difference.relative <= 2 * constant:
        return differences.CONSTANTS  # as 1 - 0.999 in float32, where 0.001 is in Keras
    return verdict


def alone(row):
    """The verdict on a float32 row where float64 was not run: above measured rounding, different.

    What is measured then are constants one unit in the last place off, too.
    """
    if row.at_best == differences.INCONCLUSIVE or row.difference.identical:
        return row.at_best
    floor = _MARGIN * max(row.allowance, np.finfo(np.float32).eps)
    if row.difference.within_ulp or row.difference.relative <= floor:
        return differences.worst([row.at_best, differences.ROUNDING])
    return differences.DIFFERENT


def is_apart(row, dtype):
    """Whether neither rounding nor rounded constants explain a row of a precision."""
    return differences.DIFFERENT == (alone(row) if dtype == np.float32 else in_float64(row))
