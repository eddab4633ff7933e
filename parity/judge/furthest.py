"""The entries of a tensor that are furthest apart, with the numbers of both sides."""

from typing import NamedTuple

import numpy as np

from parity.judge import sketch

_MOST = 5


class Entry(NamedTuple):
    """An entry of a tensor on both sides.

    Attributes:
      place: its indices, in the port's layout; () in a scalar.
      reference, port: its value on each side; None for NaN.
    """

    place: tuple
    reference: float | None
    port: float | None


class Numbers(NamedTuple):
    """The entries of a tensor that are furthest apart, the furthest first.

    Attributes:
      entries: at most five `Entry`s.
      apart: the number of entries that are not the same; size: the number of all entries.
      moved: True where each value is the entry's move in the step.
    """

    entries: tuple
    apart: int
    size: int
    moved: bool


def of(port, reference, origin=None):
    """The `Numbers` of two arrays of one size; None of sketches, empty arrays and texts.

    Args:
      port, reference: the arrays; indices are those of `reference`.
      origin: the array of both sides before the step, where moves are compared, else None.
    """
    if isinstance(reference, sketch.Sketch) or isinstance(port, sketch.Sketch):
        return None  # sums of many numbers tell no reader anything
    port, reference = np.asarray(port), np.asarray(reference)
    if port.size != reference.size or not port.size or reference.dtype.kind not in "fiub":
        return None
    ours, theirs = (np.float64(value).ravel() for value in (port, reference))
    start = 0.0 if origin is None else np.float64(origin).ravel()
    gaps = _gaps(ours, theirs)
    with np.errstate(invalid="ignore"):
        ours, theirs = ours - start, theirs - start
    most = min(_MOST, np.count_nonzero(gaps))
    chosen = np.argpartition(gaps, gaps.size - max(most, 1))[gaps.size - most:]
    chosen = sorted(chosen.tolist(), key=lambda index: (-gaps[index], index))
    return Numbers(tuple(Entry(_place(index, reference.shape), _number(theirs[index]),
                               _number(ours[index])) for index in chosen),
                   int(np.count_nonzero(gaps)), port.size, origin is not None)


def _gaps(ours, theirs):
    """Absolute differences of entries, of one axis; inf where one side alone is NaN."""
    with np.errstate(invalid="ignore"):
        gaps = np.abs(ours - theirs)
    gaps[np.isnan(gaps)] = np.inf
    gaps[(ours == theirs) | (np.isnan(ours) & np.isnan(theirs))] = 0.0
    return gaps


def _place(index, shape):
    return tuple(int(each) for each in np.unravel_index(index, shape)) if shape else ()


def _number(value):
    return None if np.isnan(value) else float(value)
