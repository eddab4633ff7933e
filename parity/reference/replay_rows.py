"""Errors of a replay, row by row: an update of a variable, or a fetched value."""

import typing

import numpy as np

from parity import capture

IDENTICAL, ROUNDING, ILL, ZERO, KINK, RACE, DIFFERENT = VERDICTS = (
    "identical", "rounding", "ill-conditioned", "zero gradient", "kink", "race", "different")
# Other kernels may make an error of this many times the effect of one ulp of the inputs.
_MARGIN = 64
# Sums of thousands of numbers, added one after the other, may be off by this many ulps: nudged
# inputs do not show what is lost inside a kernel.
_SUMS = 512
# An update is ill-conditioned where one ulp of its inputs changes it by more than this, relative.
_ILL = 1e-4


class Row(typing.NamedTuple):
    """One variable's update by one call, or one value that it fetched.

    Attributes:
      call: number of the call, from 1.
      variable: its name, or that of the fetched tensor, which has a colon.
      error: |replayed - captured| / |captured change|, of a fetched value / |captured|.
      floor: relative change that one ulp of inputs and state makes.
      spread: relative difference between repetitions of the call, in the capture or here.
      verdict: one of `VERDICTS`.
    """

    call: int
    variable: str
    error: float
    floor: float
    spread: float
    verdict: str


def explicable(floor):
    """Largest relative error that rounding explains, for a noise floor."""
    return max(_MARGIN * floor, _SUMS * np.finfo(np.float32).eps)


def rows(updates, floors):
    """Yields a `Row` for each variable that each update writes, and for each fetched value.

    Args:
      updates: iterable of `parity.reference.replay.Update`s.
      floors: noise floors, as of `parity.reference.noise.floors`.
    """
    for update in updates:
        for name, value in sorted(update.call.after().items()):
            if name in update.call.writes and name in update.after:
                yield _row(update, name, value, floors.get((update.number, name), 0.0))
        for name, value in sorted(update.call.fetched().items()):
            if name in update.fetched and value.dtype.kind == "f":
                replayed = update.fetched[name]
                value, stored = value.astype(replayed.dtype), value.dtype
                error = capture.relative_change(replayed, value, 0.0 * value)
                floor = floors.get((update.number, name), 0.0)
                yield Row(update.number, name, error, floor, 0.0,
                          _verdict(error, floor, replayed, value, stored))


def _row(update, name, expected, floor):
    replayed = update.after[name]
    value = expected.astype(replayed.dtype)
    error = capture.relative_change(replayed, value, update.before[name])
    spread = (update.call.repeats or {}).get("spread", {}).get(name, 0.0)
    return Row(update.number, name, error, floor, spread,
               _verdict(error, floor, replayed, value, expected.dtype))


def _verdict(error, floor, replayed, expected, stored):
    if error == 0:
        return IDENTICAL
    if stored.kind != "f":
        return DIFFERENT
    # The captured values were rounded to float32.
    last_place = np.finfo(stored).eps * np.abs(expected)
    if (np.abs(replayed - expected) <= last_place).all():
        return ROUNDING
    if error <= explicable(floor):
        return ILL if floor > _ILL else ROUNDING
    return DIFFERENT
