"""Search for the port's tensor that is nearest to one of the reference: names tell nothing."""

from typing import NamedTuple

import numpy as np

from parity.judge import differences
from parity.judge import sketch

_INTEGERS = {"i", "u"}
# Among more than _FEW tensors, only the _FEW nearest by _SAMPLED entries are compared as wholes.
_SAMPLED, _FEW = 1024, 4


class Nearest(NamedTuple):
    """The nearest tensor of the port: its `Difference` from the reference's, and its place."""

    difference: differences.Difference
    place: str


def nearest(expected, ours):
    """The `Nearest` tensor of the port, or None where none has as many entries of the same type.

    Args:
      expected: an array of the reference.
      ours: `{place: array}` of the port. Shapes may differ, and integers may have another width,
        as those that `argmax` returns.
    """
    places = [place for place, value in ours.items() if _is_comparable(value, expected)]
    if len(places) > _FEW and expected.size > _SAMPLED:
        places = sorted(places, key=lambda place: _sampled_distance(ours[place], expected))[:_FEW]
    found = [Nearest(differences.measure(_like(ours[place], expected), expected), place)
             for place in places]
    return min(found, key=lambda each: each.difference.relative, default=None)


def _is_comparable(value, expected):
    same = value.dtype == expected.dtype or {value.dtype.kind, expected.dtype.kind} <= _INTEGERS
    return same and sketch.numbers(value) == sketch.numbers(expected)


def _like(value, expected):
    if value.shape == expected.shape and value.dtype == expected.dtype:
        return value  # a sketch keeps its digest
    return value.reshape(expected.shape).astype(expected.dtype)


def _sampled_distance(value, expected):
    """The distance of two arrays of one size in entries at equal intervals; inf for NaN."""
    every = expected.size // _SAMPLED
    distance = np.linalg.norm(np.float64(value.ravel()[::every])
                              - np.float64(expected.ravel()[::every]))
    return distance if np.isfinite(distance) else np.inf
