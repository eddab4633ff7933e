"""Measurements of the first difference, for a report in which no cause is recognised."""

import numpy as np

from parity.judge import differences
from parity.pair import places

# Relative distance below which two numbers are equal but for rounding.
_EQUAL = 1e-9
_LISTED = 4
_GRADIENTS = 5


def sentences(rows, sides, found, late=False):
    """Yields sentences on the first difference, with numbers of both sides.

    Args:
      rows: `parity.judge.compared.Compared`s that are different, in order.
      sides: the `parity.judge.sides.Sides` of the step.
      found: the `parity.pair.mapping.Mapping`.
      late: True where there was no time to try every change.
    """
    variables = {row.port: row for row in found.variables.rows}
    first = rows[0]
    yield "cause: not recognised{}; what is measured:".format(
        " in the time for it, not every change was tried" if late else "")
    value, expected = places.arrays(first, sides, variables.get(first.tensor))
    if value is not None and value.shape == expected.shape:
        yield _shares(value, expected)
        yield _both(value, expected)
    elif first.rung == _GRADIENTS and first.difference.relative == float("inf"):
        yield "the port computes no gradient of it"
    alike = places.alike(sides)
    if first.rung == 3:
        yield "the same on both sides before it: " + (_listed(alike) or "no layer")
    if first.rung > 4:
        ratios = ((row.tensor, places.ratio(row, sides, variables.get(row.tensor)))
                  for row in rows if row.rung == first.rung)
        shown = [f"{name} {times:.7g}" for name, times in ratios if times is not None]
        if shown:
            yield "multiples of the reference's, by variable: " + _listed(shown)


def _shares(value, expected):
    apart = ~np.isclose(value, expected, rtol=_EQUAL, atol=0.0)
    return (f"{int(apart.sum())} of {value.size} numbers differ, the furthest by "
            f"{differences.measure(value, expected).relative:.3g} of all")


def _both(value, expected):
    order = np.argsort(-np.abs(value - expected), kind="stable")[:_LISTED]
    return "; ".join(f"number {place}: {expected[place]:.7g} in the reference, "
                     f"{value[place]:.7g} in the port" for place in order)


def _listed(names):
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[-_LISTED:]) + more
