"""Numbers of both sides next to each other: the entries of a tensor that are furthest apart."""

from typing import NamedTuple

import numpy as np

from parity.judge import sketch

_MOST = 5


class Entry(NamedTuple):
    """An entry of a tensor: where it stands, and what each side has there.

    Attributes:
      place: its indices, in the port's layout.
      reference, port: the numbers; None of what is no number.
    """

    place: tuple
    reference: float | None
    port: float | None


class Numbers(NamedTuple):
    """The entries of a tensor that are furthest apart, the furthest first.

    Attributes:
      entries: some `Entry`s.
      apart: how many entries are not the same; size: of how many.
      moved: whether each number is how far the entry moved in the step.
    """

    entries: tuple
    apart: int
    size: int
    moved: bool


def of(port, reference, origin=None):
    """The `Numbers` of two arrays of one size; None where there is nothing to compare, as sketches.

    Args:
      port, reference: the arrays; the places are those of `reference`.
      origin: what both were before the step, where moves are compared.
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
    """How far entries are apart; what is no number on one side alone is infinitely far."""
    with np.errstate(invalid="ignore"):
        gaps = np.abs(ours - theirs)
    gaps[np.isnan(gaps)] = np.inf
    gaps[(ours == theirs) | (np.isnan(ours) & np.isnan(theirs))] = 0.0
    return gaps


def _place(index, shape):
    return tuple(int(each) for each in np.unravel_index(index, shape)) if shape else ()


def _number(value):
    return None if np.isnan(value) else float(value)
