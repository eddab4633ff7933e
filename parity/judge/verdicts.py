"""What a difference means, in each precision and with what the other one says of it."""

import numpy as np

from parity.judge import differences
from parity.judge.compared import BIASED

# The first rung of what a step makes of the state.
UPDATE = 6


def in_float64(row):
    """The verdict on a `Compared` in float64."""
    return differences.float64_verdict(row.difference, row.floor)


def float64_verdict(row, alike):
    """The verdict on a float64 row, given the keys of rows that float32 alone finds alike.

    There is no fused batch norm in float64, so that its formula stands for it on the reference's
    side; a port that agrees with the kernel itself in float32 may use the other formula there.
    """
    if row.at_best == differences.INCONCLUSIVE:
        return row.at_best
    best = differences.IDENTICAL if row.note == BIASED and row.key in alike else row.at_best
    return differences.worst([best, in_float64(row)])


def above_after_every_step(rows):
    """Names of the tensors that are above measured rounding after every compared step.

    Where a unit lies at the kink of a ReLU, one unit in the last place decides its whole gradient,
    so that two right programs may be far apart after some step; other computations are after each.

    Args:
      rows: `Compared` in float32, of whatever rung; updates and what follows them count.
    """
    updated = [row for row in rows if row.rung >= UPDATE]
    below = {row.tensor for row in updated if not _is_above(row)}
    return {row.tensor for row in updated} - below


def _is_above(row):
    relative = row.difference.relative
    return not row.difference.within_ulp and not (np.isfinite(relative) and relative <= _least(row))


def _least(row):
    """The largest float32 difference of a row that is rounding."""
    return differences.MARGIN * max(row.floor.rounding, np.finfo(np.float32).eps)


def float32_verdict(row, wide, constant, above):
    """The verdict on a float32 row.

    Args:
      row: the `Compared`.
      wide: float64's verdict.
      constant: what rounded constants change there, relative.
      above: what `above_after_every_step` gives of all rows.
    """
    if row.at_best == differences.INCONCLUSIVE:
        return row.at_best
    above_floor = _is_above(row) and (
        row.rung >= UPDATE or row.difference.relative > differences.FLOAT32_ROUNDING)
    verdict = differences.float32_verdict(row.difference, wide, above_floor)
    if verdict != differences.DIFFERENT or wide == differences.DIFFERENT:
        return verdict
    if row.difference.relative <= 2 * constant:
        return differences.CONSTANTS  # as 1 - 0.999 in float32, where 0.001 is in Keras
    at_a_kink = row.rung >= UPDATE and row.tensor not in above and np.isfinite(
        row.difference.relative)
    return differences.ROUNDING if at_a_kink else verdict


def alone(row):
    """The verdict on a float32 row where float64 was not run: above measured rounding, different.

    What is measured then are constants one unit in the last place off, too.
    """
    if row.at_best == differences.INCONCLUSIVE or row.difference.identical:
        return row.at_best
    if not _is_above(row):
        return differences.worst([row.at_best, differences.ROUNDING])
    return differences.DIFFERENT


def in_one(row, dtype):
    """The verdict on a row of one precision, without what the other one says of it."""
    return alone(row) if dtype == np.float32 else in_float64(row)


def is_apart(row, dtype):
    """Whether neither rounding nor rounded constants explain a row of a precision."""
    return in_one(row, dtype) == differences.DIFFERENT
