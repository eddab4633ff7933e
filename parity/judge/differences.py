"""How far two arrays are apart, and what that distance means."""

from typing import NamedTuple

import numpy as np

from parity.judge import sketch

IDENTICAL, ROUNDING, CONSTANTS, INCONCLUSIVE, DIFFERENT, NOT_RUN = (
    "identical", "rounding", "constants", "inconclusive", "different", "not run")

# From best to worst; a whole is as good as its worst part.
ORDER = (NOT_RUN, IDENTICAL, ROUNDING, CONSTANTS, INCONCLUSIVE, DIFFERENT)

# Between one float64 step of the same program on other kernels (measured: under 1.5e-14) and the
# same with a float32-rounded number in it (from 1e-9); any bound between the two decides alike.
FLOAT64_ROUNDING = 1e-12
# A number rounded to float32 is off by at most 2**-24 of itself; twice that for a sum of two.
FLOAT32_CONSTANT = 2.0 ** -22
# A right program's rounding is this many times what one unit in the last place makes, at most.
MARGIN = 64
# One float32 pass on other kernels, a flipped ReLU included (measured: up to 2.3e-3); where a
# network's own last places take it further, its floor says so.
FLOAT32_ROUNDING = 1e-2


class Difference(NamedTuple):
    """Distance of a port's array from the reference's."""

    identical: bool  # bit for bit
    relative: float  # ||port - reference|| / ||reference||, or inf where that says nothing
    # No further apart than one unit in the last place of every entry. An update is a small
    # difference of large numbers, and storing their sum rounds by as much.
    within_ulp: bool = False


def measure(port, reference, origin=None):
    """The difference of two arrays, or of two updates when both start from `origin`.

    All may be sketches (see `parity.judge.sketch`); then it is an estimate, but for `identical`.
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


def float64_verdict(difference, floor):
    """Meaning of a float64 difference.

    Args:
      difference: a `Difference`.
      floor: the `parity.judge.compared.Floor`. No difference is small enough to be a rounded
        constant's where no rounding of the reference's constants makes one of its size.
    """
    if difference.identical:
        return IDENTICAL
    if difference.within_ulp or difference.relative <= max(
            FLOAT64_ROUNDING, MARGIN * floor.rounding):
        return ROUNDING
    return CONSTANTS if difference.relative <= 2 * floor.constants else DIFFERENT


def float32_verdict(difference, float64, above_floor):
    """Meaning of a float32 difference, given what float64 said of the same tensor.

    Args:
      difference: the float32 `Difference`.
      float64: the float64 verdict: rounding shrinks 2**29 times there, a fault does not.
      above_floor: whether the tensor is further apart than rounding was measured to take it.
    """
    if difference.identical:
        return IDENTICAL
    if float64 in (DIFFERENT, CONSTANTS):
        return float64
    if difference.within_ulp:
        return ROUNDING
    return DIFFERENT if above_floor else ROUNDING
