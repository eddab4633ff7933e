"""Gradients that are zero but for rounding, as that of a bias before batch norm.

Optimisers turn the rounding into steps, Adam into full ones, so that gradients, updates and slots
of such a variable tell nothing. Float64 shows them: there such a gradient is many orders of
magnitude smaller than in float32.
"""

import numpy as np

from parity.common import rungs
from parity.judge import tensor_names

# Relative to the largest gradient of the same pass, in float64; and in float32, whose rounding is
# 2**29 times as large.
_WIDE = 1e-12
_NARROW = _WIDE * 2.0 ** 29
NOTE = "the gradient is zero but for rounding"


def vanishing(sides, dtype):
    """Port paths of the variables whose gradients are as small as rounding in every step.

    Such a gradient is zero but for rounding if it is so small in both precisions.

    Args:
      sides: `parity.judge.sides.Sides`.
      dtype: their precision.
    """
    return _at_most(sides, _WIDE if dtype == "float64" else _NARROW)


def _at_most(sides, limit):
    """Port paths of variables with gradients of at most this size on both sides, not all zero.

    Args:
      sides: the `Sides`.
      limit: the size, relative to the largest gradient of the same pass.
    """
    largest = {}
    for name in sides.reference:
        if name.startswith("gradient/"):
            place = tuple(name.split("/")[1:3])
            largest[place] = max(largest.get(place, 0.0), _size(sides.reference[name]))
    theirs, ours = _gradients(sides.reference, "gradient"), _gradients(sides.port, "clipped")
    return {row.port for row in sides.pairing.rows if _vanishes(
        [(_size(row.transform.change(sides.reference[name])), largest[place])
         for place, name in theirs.get(row.reference, ())],
        [(_size(sides.port[name]), max((size for (other, _), size in largest.items()
                                        if other == step), default=0.0))
         for (step, _), name in ours.get(row.port, ())], limit)}


def _gradients(trace, kind):
    """`{variable: [((step, phase or update), name)]}` of the gradients in a trace.

    Args:
      trace: a `Trace`.
      kind: "gradient" of a reference, "clipped" of a port.
    """
    names = {}
    for name in trace:
        if name.startswith(kind + "/"):
            _, step, phase, variable = name.split("/", 3)
            names.setdefault(variable, []).append(((step, phase), name))
    return names


def _vanishes(theirs, ours, limit):
    """True where gradients are as small as rounding on both sides, and not all 0.

    Args:
      theirs, ours: [(largest entry of a gradient, largest of all gradients of its pass)].
      limit: the largest ratio of the two.
    """
    return any(size for size, _ in theirs) and all(
        size <= limit * largest for size, largest in theirs + ours)


def _size(gradient):
    return float(np.abs(gradient).max()) if gradient.size else 0.0


def excused(row, zero):
    """A `parity.judge.compared.Compared`, as rounding where its gradient is zero but for rounding.

    Args:
      row: a row of any rung; one with a note, as on a missing gradient, stays as it is.
      zero: port paths that `vanishing` returns in both precisions.
    """
    if row.rung < rungs.GRADIENTS or row.note or (
            tensor_names.variable_of(row.tensor) not in zero):
        return row
    return row._replace(difference=row.difference._replace(within_ulp=True), note=NOTE)
