"""Gradients that are zero but for rounding, as a bias's before batch norm.

Optimisers make steps of the rounding, Adam full ones, so that neither gradients nor updates nor
slots of such a variable say anything. What tells it is float64: there such a gradient is many
orders of magnitude smaller than in float32.
"""

import numpy as np

# Beside the largest gradient of the same pass; and the same in float32, whose rounding is 2**29
# times that of float64.
_WIDE = 1e-12
_NARROW = _WIDE * 2.0 ** 29
NOTE = "the gradient is zero but for rounding"


def vanishing(sides, dtype):
    """Port paths of the variables whose gradients are as small as rounding in every step.

    They are zero but for rounding where they are so small in both precisions.

    Args:
      sides: `parity.judge.sides.Sides` in the precision `dtype`.
    """
    return _of_size(sides, _WIDE if dtype == "float64" else _NARROW)


def _of_size(sides, limit):
    """Port paths of variables with gradients of at most this size on both sides, not all zero."""
    largest = {}
    for name in sides.reference:
        if name.startswith("gradient/"):
            place = tuple(name.split("/")[1:3])
            largest[place] = max(largest.get(place, 0.0), _size(sides.reference[name]))
    theirs, ours = _gradients(sides.reference, "gradient"), _gradients(sides.port, "clipped")
    return {row.port for row in sides.pairing.rows if _vanishes(
        [(_size(row.transform.change(sides.reference[name])), largest[place])
         for place, name in theirs.get(row.reference, ())],
        [(_size(sides.port[name]), max([largest[at] for at in largest if at[0] == place[0]],
                                            default=0.0))
         for place, name in ours.get(row.port, ())], limit)}


def _gradients(trace, kind):
    """`{variable: [((step, phase or update), name)]}`."""
    names = {}
    for name in trace:
        if name.startswith(kind + "/"):
            _, step, phase, variable = name.split("/", 3)
            names.setdefault(variable, []).append(((step, phase), name))
    return names


def _vanishes(theirs, ours, limit):
    """Whether sizes, each beside the largest of its pass, are rounding: small, and not all 0."""
    return any(size for size, _ in theirs) and all(
        size <= limit * largest for size, largest in theirs + ours)


def _size(gradient):
    return float(np.abs(gradient).max()) if gradient.size else 0.0


def excused(row, zero):
    """A `parity.judge.compared.Compared` of a variable, without what rounding makes of it.

    Args:
      row: of any rung; one with a note, as of a gradient that is missing, stays as it is.
      zero: port paths, those that `vanishing` gives in both precisions.
    """
    if row.rung < 5 or row.note or row.tensor.partition("@")[0] not in zero:
        return row
    return row._replace(difference=row.difference._replace(within_ulp=True), note=NOTE)
