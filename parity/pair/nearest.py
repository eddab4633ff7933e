"""The tensor of a port that comes nearest to one of the reference, by value: none has its name."""

from parity import differences

_WHOLE = {"i", "u"}


def nearest(expected, ours):
    """`(Difference, place)` of the nearest tensor, or None where none has its size and kind.

    Args:
      expected: an array of the reference.
      ours: `{place: array}` of the port; the same numbers in another shape count, and whole
        numbers of another size, as those of `argmax`.
    """
    return min(((differences.measure(_like(value, expected), expected), place)
                for place, value in ours.items() if _is_comparable(value, expected)),
               key=lambda pair: pair[0].relative, default=None)


def _is_comparable(value, expected):
    same = value.dtype == expected.dtype or {value.dtype.kind, expected.dtype.kind} <= _WHOLE
    return same and value.size == expected.size


def _like(value, expected):
    return value.reshape(expected.shape).astype(expected.dtype)
