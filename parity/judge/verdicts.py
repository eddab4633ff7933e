"""Verdicts on a compared tensor, in each precision and with the help of the other one."""

import numpy as np

from parity.common import rungs
from parity.judge import differences
from parity.judge.compared import BIASED


def in_float64(row):
    """The verdict on a `Compared` in float64, by its noise floor alone."""
    return differences.float64_verdict(row.difference, row.noise_floor)


def float64_verdict(row, alike):
    """The verdict on a `Compared` in float64.

    TensorFlow has no fused batch norm in float64, so that the reference computes its formula there;
    a port that agrees with the kernel itself in float32 may use Keras's formula.

    Args:
      row: the `Compared`.
      alike: keys of the rows that float32 by itself finds identical or rounding.
    """
    if row.at_best == differences.INCONCLUSIVE:
        return row.at_best
    best = differences.IDENTICAL if row.note == BIASED and row.key in alike else row.at_best
    return differences.worst([best, in_float64(row)])


def above_after_every_step(rows):
    """Names of the tensors that are above their noise floor after every compared step.

    Where a unit lies at the kink of a ReLU, one unit in the last place decides its whole gradient,
    so that two right programs may be far apart after one step; wrong ones are after every step.

    Args:
      rows: `Compared`s in float32; those from the first update on count.
    """
    updated = [row for row in rows if row.rung >= rungs.UPDATE]
    below = {row.tensor for row in updated if not _is_above(row)}
    return {row.tensor for row in updated} - below


def _is_above(row):
    relative = row.difference.relative
    return not row.difference.within_ulp and not (np.isfinite(relative) and relative <= _least(row))


def _least(row):
    """The largest relative difference of a float32 row that is rounding."""
    return differences.MARGIN * max(row.noise_floor.rounding, np.finfo(np.float32).eps)


def float32_verdict(row, wide, constant, above):
    """The verdict on a `Compared` in float32.

    Args:
      row: the `Compared`.
      wide: the verdict on the same tensor in float64.
      constant: the noise floor of rounded constants there, relative.
      above: the names that `above_after_every_step` returns.
    """
    if row.at_best == differences.INCONCLUSIVE:
        return row.at_best
    above_floor = _is_above(row) and (
        row.rung >= rungs.UPDATE or row.difference.relative > differences.FLOAT32_ROUNDING)
    verdict = differences.float32_verdict(row.difference, wide, above_floor)
    if verdict != differences.DIFFERENT or wide == differences.DIFFERENT:
        return verdict
    if row.difference.relative <= 2 * constant:
        return differences.CONSTANTS  # as 1 - 0.999 in float32, where 0.001 is in Keras
    at_a_kink = row.rung >= rungs.UPDATE and row.tensor not in above and np.isfinite(
        row.difference.relative)
    return differences.ROUNDING if at_a_kink else verdict


def alone(row):
    """The verdict on a `Compared` in float32 where float64 was not run.

    The noise floor of rounding then includes that of constants one unit in the last place off, and
    a tensor above it is different.
    """
    if row.at_best == differences.INCONCLUSIVE or row.difference.identical:
        return row.at_best
    if not _is_above(row):
        return differences.worst([row.at_best, differences.ROUNDING])
    return differences.DIFFERENT


def in_one(row, dtype):
    """The verdict on a `Compared` by its own precision alone."""
    return alone(row) if dtype == np.float32 else in_float64(row)


def is_apart(row, dtype):
    """True where a `Compared` is different by its own precision alone."""
    return in_one(row, dtype) == differences.DIFFERENT
