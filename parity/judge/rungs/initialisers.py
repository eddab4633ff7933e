"""Rung 2: the distributions that both sides' initial values are drawn from, and constants."""

import math
from typing import NamedTuple

import numpy as np

from parity.judge import differences
from parity.judge import distributions
from parity.judge import findings

# Of a normal distribution cut at two deviations, the deviation; slim writes 1.3 for its inverse
# square.
_CUT = 0.87962566103423978
_SLIM = math.sqrt(1.3) * _CUT
_KNOWN = ("uniform", "normal", "truncated_normal")
_SET = "the port itself starts it at other values than its layer's initialiser gives"
_WRITTEN = "the program computed its first values outside of the graph"


class Side(NamedTuple):
    """How one side begins a variable.

    Attributes:
      declared: `{"kind", ...numbers}`, where "unknown" with a "reason".
      values: of the reference its constant in the port's layout, or draws, or None; of the port
        draws, or None of what is not random.
      start: of the port, what it starts with.
    """

    declared: dict
    values: np.ndarray | None
    start: np.ndarray | None = None


def compared(theirs, ours):
    """(verdict, note) on the `Side`s of the reference and of the port."""
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
    """Of a constant of the reference: what the port really starts with counts."""
    expected, start = (np.asarray(value, np.float32) for value in (theirs.values, ours.start))
    if np.array_equal(expected, start):
        return differences.IDENTICAL, ""
    if theirs.declared["kind"] == "array":
        return differences.NOT_RUN, _WRITTEN
    if ours.declared["kind"] == "constant" or not np.ptp(start):
        place = np.flatnonzero(expected != start)[0]
        return differences.DIFFERENT, (
            f"{expected.flat[place]:.6g}, {start.flat[place]:.6g} in the port")
    if ours.declared["kind"] == "unknown":
        return differences.NOT_RUN, ours.declared["reason"]
    return differences.DIFFERENT, f"{_shown(theirs)}, {_shown(ours)} in the port"


def _random(theirs, ours):
    """Of two distributions: what is declared, else draws."""
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
    """How far two samples are apart, in words; "" where they may be of one distribution."""
    distance, bound = distributions.kolmogorov_smirnov(first, second)
    return "" if distance <= bound else (
        f"draws differ, KS {distance:.4f} above {bound:.4f}; standard deviations "
        f"{first.std():.4g} and {second.std():.4g}")


def _is_slims(theirs, ours):
    """Whether two cut normal distributions are one but for slim's rounded constant."""
    return {theirs["kind"], ours["kind"]} == {"truncated_normal"} and math.isclose(
        theirs["mean"], ours["mean"], abs_tol=1e-12) and math.isclose(
            theirs["stddev"], ours["stddev"] * _SLIM, rel_tol=1e-5)


def _shown(side):
    """A side in words."""
    if side.declared["kind"] == "constant":
        value = side.values if side.start is None else side.start
        return f"{np.ravel(value)[0]:.6g} everywhere" if not np.ptp(value) else "a constant array"
    if side.declared["kind"] == "other":
        return f"draws of standard deviation {side.values.std():.4g}"
    return distributions.shown(side.declared)


def found(sides, dtypes):
    """Findings of rung 2.

    Args:
      sides: `[(port path, Side of the reference, Side of the port)]`.
      dtypes: precisions that the report has.

    Yields:
      one for each variable; of those that cannot be told, one for each reason.
    """
    reasons = {}
    for path, theirs, ours in sides:
        verdict, note = compared(theirs, ours)
        if verdict == differences.NOT_RUN:
            reasons.setdefault(note, []).append(path)
            continue
        for dtype in dtypes:
            yield findings.Finding(2, dtype, path, verdict, note=note)
    for note, paths in reasons.items():
        rest = f" and {len(paths) - 2} more" if len(paths) > 2 else ""
        for dtype in dtypes:
            yield findings.Finding(2, dtype, ", ".join(paths[:2]) + rest, differences.NOT_RUN,
                                   note=note)
