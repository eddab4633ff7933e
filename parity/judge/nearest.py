"""The tensor of a port that comes nearest to one of the reference, by value: none has its name."""

import numpy as np

from parity.judge import differences
from parity.judge import sketch

_WHOLE = {"i", "u"}
# Of many tensors, those are compared as wholes that come nearest in so many of their numbers.
_SAMPLED, _FEW = 1024, 4


def nearest(expected, ours):
    """`(Difference, place)` of the nearest tensor, or None where none has its size and kind.

    Args:
      expected: an array of the reference.
      ours: `{place: array}` of the port; the same numbers in another shape count, and whole
        numbers of another size, as those of `argmax`.
    """
    places = [place for place, value in ours.items() if _is_comparable(value, expected)]
    if len(places) > _FEW and expected.size > _SAMPLED:
        places = sorted(places, key=lambda place: _sampled_distance(ours[place], expected))[:_FEW]
    return min(((differences.measure(_like(ours[place], expected), expected), place)
                for place in places), key=lambda pair: pair[0].relative, default=None)


def _is_comparable(value, expected):
    same = value.dtype == expected.dtype or {value.dtype.kind, expected.dtype.kind} <= _WHOLE
    return same and sketch.numbers(value) == sketch.numbers(expected)


def _like(value, expected):
    if value.shape == expected.shape and value.dtype == expected.dtype:
        return value  # a sketch keeps its digest
    return value.reshape(expected.shape).astype(expected.dtype)


def _sampled_distance(value, expected):
    """The distance of two arrays in numbers that are taken at equal distances from both."""
    every = expected.size // _SAMPLED
    distance = np.linalg.norm(np.float64(value.ravel()[::every])
                              - np.float64(expected.ravel()[::every]))
    return distance if np.isfinite(distance) else np.inf
