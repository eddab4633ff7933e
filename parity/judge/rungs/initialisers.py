"""Initialisers: the distributions of both sides' initial values, and constants."""

import math
from typing import NamedTuple

import numpy as np

from parity.common import rungs
from parity.common import words
from parity.judge import differences
from parity.judge import distributions
from parity.judge import findings

# Standard deviation of a unit normal distribution truncated at two deviations; slim takes 1.3 for
# its inverse square.
_CUT = 0.87962566103423978
_SLIM = math.sqrt(1.3) * _CUT
_KNOWN = ("uniform", "normal", "truncated_normal")
_SET = "the port itself starts it at other values than its layer's initialiser gives"
_IN_THE_PORT = " in the port"
_WRITTEN = "the program computed its first values outside of the graph"


class Side(NamedTuple):
    """The initialiser of a variable on one side.

    Attributes:
      declared: its configuration, `{"kind", ...numbers}`; {"kind": "unknown", "reason"} where it
        cannot be read.
      values: draws from it, of one axis; of a constant of the reference, the constant in the
        port's layout; else None.
      start: the value that the port really starts with; None of the reference.
    """

    declared: dict
    values: np.ndarray | None
    start: np.ndarray | None = None


def compared(theirs, ours):
    """(verdict, note) on a variable: the `Side`s of the reference and of the port."""
    if theirs.declared["kind"] == "unknown":
        return differences.NOT_RUN, theirs.declared.get("reason", "the graph does not hold its "
                                                        "first value")
    if theirs.declared["kind"] in ("constant", "array"):
        return _constant(theirs, ours)
    if ours.declared["kind"] == "unknown":
        return differences.NOT_RUN, ours.declared["reason"]
    if ours.declared["kind"] == "constant":
        return (differences.NOT_RUN, _SET) if np.ptp(ours.start) else (
            differences.DIFFERENT, f"{_shown(theirs)}, {_shown(ours)} in the port")
    return _random(theirs, ours)


def _constant(theirs, ours):
    """(verdict, note) where the reference has a constant: the port's real start decides."""
    expected, start = (np.asarray(value, np.float32) for value in (theirs.values, ours.start))
    if np.array_equal(expected, start):
        return differences.IDENTICAL, ""
    if theirs.declared["kind"] == "array":
        return differences.NOT_RUN, _WRITTEN
    if ours.declared["kind"] == "constant" or not np.ptp(start):
        place = np.flatnonzero(expected != start)[0]
        return differences.DIFFERENT, (
            f"{expected.flat[place]:.6g}, {start.flat[place]:.6g}{_IN_THE_PORT}")
    if ours.declared["kind"] == "unknown":
        return differences.NOT_RUN, ours.declared["reason"]
    return differences.DIFFERENT, f"{_shown(theirs)}, {_shown(ours)} in the port"


def cause(finding):
    """The `findings.Cause` of a finding on another number or distribution at the start; else None.

    Its proof are both initialisers.
    """
    if finding is None or finding.rung != rungs.INITIALISERS or (
            finding.verdict != differences.DIFFERENT or not finding.note.endswith(_IN_THE_PORT)):
        return None
    leaf = finding.tensor.rpartition("/")[2]
    return findings.Cause("start", f"{finding.tensor} starts otherwise: {finding.note}",
                          f"{leaf}_initializer=...", "both initialisers were read")


def _random(theirs, ours):
    """(verdict, note) on two distributions: configurations decide where both are known, else draws.
    """
    kinds = {theirs.declared["kind"], ours.declared["kind"]}
    if kinds <= set(_KNOWN):
        if _is_slims(theirs.declared, ours.declared):
            return differences.CONSTANTS, "slim has 1.3 for the square of 1 / 0.8796"
        note = distributions.compare(theirs.declared, theirs.values, ours.declared, ours.values)
    else:
        note = _apart(theirs.values, ours.values)
        note = note and f"{_shown(theirs)}, {_shown(ours)} in the port: {note}"
    if _apart(ours.values, ours.start.ravel()):
        return differences.NOT_RUN, _SET
    return (differences.DIFFERENT, note) if note else (differences.IDENTICAL, "")


def _apart(first, second):
    """Words for the distance of two samples; "" where they may be of one distribution."""
    test = distributions.kolmogorov_smirnov(first, second)
    return "" if test.distance <= test.bound else (
        f"draws differ, KS {test.distance:.4f} above {test.bound:.4f}; standard deviations "
        f"{first.std():.4g} and {second.std():.4g}")


def _is_slims(theirs, ours):
    """True where two truncated normal distributions are one but for slim's rounded constant."""
    return {theirs["kind"], ours["kind"]} == {"truncated_normal"} and math.isclose(
        theirs["mean"], ours["mean"], abs_tol=1e-12) and math.isclose(
            theirs["stddev"], ours["stddev"] * _SLIM, rel_tol=1e-5)


def _shown(side):
    """Words for the initialiser of a `Side`."""
    if side.declared["kind"] == "constant":
        value = side.values if side.start is None else side.start
        return f"{np.ravel(value)[0]:.6g} everywhere" if not np.ptp(value) else "a constant array"
    if side.declared["kind"] == "other":
        return f"draws of standard deviation {side.values.std():.4g}"
    return distributions.shown(side.declared)


def found(sides, dtypes):
    """Yields findings on initialisers: one a variable, or one a reason where they cannot be told.

    Args:
      sides: `[(port path, Side of the reference, Side of the port)]`.
      dtypes: the precisions of the report.
    """
    reasons = {}
    for path, theirs, ours in sides:
        verdict, note = compared(theirs, ours)
        if verdict == differences.NOT_RUN:
            reasons.setdefault(note, []).append(path)
            continue
        for dtype in dtypes:
            yield findings.Finding(rungs.INITIALISERS, dtype, path, verdict, note=note)
    for note, paths in reasons.items():
        for dtype in dtypes:
            yield findings.Finding(rungs.INITIALISERS, dtype, words.some(paths, 2),
                                   differences.NOT_RUN, note=note)
