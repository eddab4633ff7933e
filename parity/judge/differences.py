"""Distances of two arrays, and the verdicts on them."""

from typing import NamedTuple

import numpy as np

from parity.judge import sketch

IDENTICAL, ROUNDING, CONSTANTS, INCONCLUSIVE, DIFFERENT, NOT_RUN = (
    "identical", "rounding", "constants", "inconclusive", "different", "not run")

# From best to worst; a pair is as good as its worst tensor.
ORDER = (NOT_RUN, IDENTICAL, ROUNDING, CONSTANTS, INCONCLUSIVE, DIFFERENT)

# Between one float64 step of the same program on other kernels (measured: under 1.5e-14) and the
# same with a float32-rounded number in it (from 1e-9); any bound between the two decides alike.
FLOAT64_ROUNDING = 1e-12
# A number rounded to float32 is off by at most 2**-24 of itself; twice that for a sum of two.
FLOAT32_CONSTANT = 2.0 ** -22
# Rounding in a right program is at most this many times the noise floor.
MARGIN = 64
# One float32 pass on other kernels, a flipped ReLU included (measured: up to 2.3e-3); where a
# network's own last places take it further, its noise floor says so.
FLOAT32_ROUNDING = 1e-2


class Difference(NamedTuple):
    """Distance of a port's array from the reference's.

    Attributes:
      identical: True where both are bit for bit the same.
      relative: ||port - reference|| / ||reference||; inf where that has no value.
      within_ulp: True where the distance is at most one unit in the last place of every entry: an
        update is a small difference of large numbers, and storing their sum rounds by as much.
    """

    identical: bool
    relative: float
    within_ulp: bool = False


def measure(port, reference, origin=None):
    """The `Difference` of two arrays, or of two updates where both start from `origin`.

    Arrays of another shape, type or size are infinitely far apart. All may be sketches (see
    `parity.judge.sketch`); then `relative` and `within_ulp` are estimates.

    Args:
      port, reference: arrays of any shape.
      origin: the array from which both moved, or None; distances are then relative to the move.
    """
    port, reference = np.asanyarray(port), np.asanyarray(reference)
    if port.shape != reference.shape or port.dtype != reference.dtype or (
            sketch.numbers(port) != sketch.numbers(reference)):
        return Difference(False, float("inf"))
    if sketch.same(port, reference):
        return Difference(True, 0.0)
    known = getattr(reference, "moved", None)
    epsilon = np.finfo(reference.dtype).eps if reference.dtype.kind == "f" else 0.0
    port, reference = port.astype(np.float64), reference.astype(np.float64)
    if known is not None:
        reference_size = known
    elif origin is not None:
        reference_size = np.linalg.norm(reference - np.float64(origin))
    else:
        reference_size = np.linalg.norm(reference)
    distance = np.linalg.norm(port - reference)
    if not np.all(np.isfinite([distance, reference_size])):
        return Difference(False, float("inf"))
    within_ulp = bool(distance <= epsilon * np.linalg.norm(reference))
    if reference_size == 0 and distance > 0:
        return Difference(False, float("inf"), within_ulp)
    return Difference(False, float(distance / reference_size) if distance else 0.0, within_ulp)


def worst(verdicts):
    """The worst of some verdicts; "not run" if there are none."""
    return max(verdicts, key=ORDER.index, default=NOT_RUN)


def float64_verdict(difference, noise_floor):
    """The verdict on a float64 difference.

    Args:
      difference: a `Difference`.
      noise_floor: the `parity.judge.compared.NoiseFloor`. Where rounding the reference's constants
        changes nothing, no difference is small enough to be called "constants".
    """
    if difference.identical:
        return IDENTICAL
    if difference.within_ulp or difference.relative <= max(
            FLOAT64_ROUNDING, MARGIN * noise_floor.rounding):
        return ROUNDING
    return CONSTANTS if difference.relative <= 2 * noise_floor.constants else DIFFERENT


def float32_verdict(difference, float64, above_floor):
    """The verdict on a float32 difference, given the float64 verdict on the same tensor.

    Args:
      difference: the float32 `Difference`.
      float64: the float64 verdict: rounding shrinks 2**29 times there, a fault does not.
      above_floor: True where the tensor is further apart than its noise floor allows.
    """
    if difference.identical:
        return IDENTICAL
    if float64 in (DIFFERENT, CONSTANTS):
        return float64
    if difference.within_ulp:
        return ROUNDING
    return DIFFERENT if above_floor else ROUNDING
