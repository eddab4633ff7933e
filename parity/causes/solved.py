"""Numbers of a program that make a tensor the port's, solved for by the secant method."""

import numpy as np

from parity.causes import catalogue
from parity.causes import losses
from parity.causes import rewiring
from parity.causes.change import number as number_

_TRIALS = 12
# A step of this size, relative to the number, is the last one; steps below the second size do not
# change the slope, which rounding would decide.
_STILL, _CLOSE = 1e-13, 1e-7
# The relative distance of the tensor from the port's at the solution; and the relative distance of
# the number from the solution, as the port may round it to float32.
_NEAR = {"float32": 5e-7, "float64": 1e-12}
_ROUNDED = 1.2e-7
# Programs hold numbers of few digits; with any number of digits, every equation has a solution.
_DIGITS = {"float32": 3, "float64": 5}


def changes(place, value, targets, dtype, is_late):
    """Yields the `Change` of each family whose number can be solved for.

    Args:
      place: a `place.Place`.
      value: function of a `Change`, or of None for no change, that returns the tensor after it as
        an array, or None.
      targets: the port's arrays that the tensor may become, of one axis.
      dtype: the precision.
      is_late: function that returns True when no time is left.
    """
    present, families = value(None), list(catalogue.families(place))
    for target in targets:
        unchanged = _apart(present, target)
        for family in families:
            if is_late():
                return
            number = _number(family, value, target, dtype, unchanged)
            if number is not None:
                yield family.change(number)


def scaled(place, value, targets, dtype, is_late):
    """Yields each change of a loss beside which the loss is a multiple: two causes at once.

    Args:
      place, value, targets, dtype, is_late: as for `changes`.
    """
    present = value(None)
    for change in catalogue.changes(place):
        if is_late():
            return
        found = value(change) if change.recompute and change.name != losses.SCALE else None
        moves = found is not None and found.size == 1 and np.all(found) and not np.allclose(
            found, present, rtol=_ROUNDED, atol=0.0)
        for target in targets if moves else ():
            factor = float(target[0] / found.ravel()[0])
            number = float("{:.{}g}".format(factor, _DIGITS["float32"]))
            if number != 1.0 and abs(number - factor) <= _ROUNDED * abs(factor):
                yield _scaled(place.tensor().name, change, number)


def _scaled(loss, change, factor):
    """The `Change` with a factor of the loss beside it; `loss` is the name of the tensor."""
    return change._replace(
        sentence="{}; and the loss is {} times the reference's".format(
            change.sentence, number_(factor)),
        write="{}; and the loss divided by {}".format(change.write, number_(factor)),
        edits=change.edits + (rewiring.substituted([loss], lambda old: old * factor),))


def _number(family, value, target, dtype, unchanged):
    """The number of few digits at which the tensor is the port's, or None.

    Args:
      family: the `Family`.
      value, dtype: as for `changes`.
      target: the port's array, of one axis.
      unchanged: the difference of the unchanged tensor from it, of one axis.
    """
    solution, slope = _solution(family, value, target, unchanged)
    if solution is None:
        return None
    near = _NEAR[dtype] * np.linalg.norm(target) + _ROUNDED * abs(slope * solution)
    rounded = [float("{:.{}g}".format(solution, digits)) for digits in range(1, _DIGITS[dtype] + 1)]
    for number in [0.0] + rounded:
        if abs(slope * (number - solution)) <= near and number != family.present:
            apart = _apart(value(family.change(number)), target)
            if apart is not None and np.linalg.norm(apart) <= near:
                return number
    return None


def _solution(family, value, target, unchanged):
    """(number at which the tensor comes nearest to the port's, its slope there), by secants.

    The slope is the change of the tensor's distance with the number. (None, 0) is returned where
    the tensor does not change with the number.

    Args:
      family, value, target, unchanged: as for `_number`.
    """
    next_number = 1.001 * family.present or 1e-3
    moved = _apart(value(family.change(next_number)), target)
    if unchanged is None or moved is None or not np.any(moved - unchanged):
        return None, 0.0
    direction = (moved - unchanged) / np.linalg.norm(moved - unchanged)
    off, next_off = np.dot(unchanged, direction), np.dot(moved, direction)
    slope = (next_off - off) / (next_number - family.present)
    for _ in range(_TRIALS):
        step = -next_off / slope
        if abs(step) <= _STILL * abs(next_number):
            break
        apart = _apart(value(family.change(next_number + step)), target)
        if apart is None:
            return None, 0.0
        off, next_off = next_off, np.dot(apart, direction)
        next_number += step
        if next_off == off:
            break
        if abs(step) > _CLOSE * abs(next_number):
            slope = (next_off - off) / step
    return next_number, slope


def _apart(value, target):
    """The difference of a tensor from the port's, of one axis; None where it is not finite."""
    if value is None or value.size != target.size:
        return None
    apart = np.ravel(np.asarray(value, np.float64)) - target
    return apart if np.isfinite(apart).all() else None
