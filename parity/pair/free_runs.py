"""Free runs in float64: where a port leaves its reference between the steps that are compared.

Two right programs drift apart by rounding, so that no distance is a verdict. But where the distance
grows in one step as rounding does not, that step is compared, too, from the reference's state.
"""

from typing import NamedTuple

from parity.judge import differences
from parity.judge import drift
from parity.judge import findings
from parity.judge.nearest import nearest

# A step from which the distance grows by this many times what nudges make it grow.
_JUMP = 30.0
# Smaller distances are rounding, whatever step they come from.
_LEAST = 1e-9
_MOST = 3
_NOTHING = 1e-16
# Runs so near to each other are apart by rounding alone. In float64 no unit of theirs lies between
# the two sides of a ReLU's kink, so that a jump from there has another cause.
_BY_ROUNDING = 1e-11
_OUTSIDE = ("from step {} on a free run leaves the reference's by {:.1e} of its way, though that "
            "step is alike from the reference's state: the port keeps something outside of its "
            "variables")


class Distances(NamedTuple):
    """How far a run is from the reference's after each step, as a part of the reference's way.

    Attributes:
      port: [steps + 1] of the port.
      floor: [steps + 1] of the reference itself, nudged by a unit in the last place at each step;
        empty where the port stays within rounding.
      losses: `{loss: (reference, port)}`, [steps] each.
    """

    port: list
    floor: list
    losses: dict = {}


def names(rows):
    """The reference's variables that the port holds as they are: of others entries say nothing."""
    return [row.reference for row in rows if not row.transform.name]


def distances(reference, port, rows, nudged):
    """The `Distances` of two recordings; None where no variable can be compared.

    Args:
      reference, port: mappings from names to arrays; both hold entries/<variable>.
      rows: pairs of variables; of those in parts or in another order entries say nothing.
      nudged: function that gives the same of the reference when it is nudged, which takes as long
        as the reference took; it is not called where the port stays within rounding.
    """
    rows = [row for row in rows if not row.transform.name
            and f"entries/{row.reference}" in reference and f"entries/{row.port}" in port]
    if not rows:
        return None
    theirs = {row.reference: reference[f"entries/{row.reference}"] for row in rows}
    apart = drift.distance(theirs, {
        row.reference: port[f"entries/{row.port}"] for row in rows})
    shown = losses(reference, port)
    if max(apart) <= _LEAST:
        return Distances(apart, [], shown)
    other = nudged()
    return Distances(apart, drift.distance(theirs, {
        row.reference: other[f"entries/{row.reference}"] for row in rows}), shown)


def losses(reference, port):
    """`{"<tensor> of phase <n>": (reference, port)}`, [steps] each: with the nearest of the port.

    Args:
      reference, port: mappings from names to arrays; they hold losses/<phase>/<name>.
    """
    ours = {name: port[name] for name in port if name.startswith("losses/")}
    found = {}
    for name in reference:
        if name.startswith("losses/") and ours:
            _, phase, tensor = name.split("/", 2)
            near = nearest(reference[name], ours)
            if near:
                found[f"{tensor} of phase {int(phase) + 1}"] = (
                    reference[name].tolist(), ours[near.place].tolist())
    return found


def departures(found, compared):
    """Steps from which a port departs, the greatest departures first; none of those `compared`."""
    jumps = [(grown, step) for step, grown in _jumps(found) if step not in compared]
    return [step for _, step in sorted(jumps, reverse=True)[:_MOST]]


def _jumps(found):
    """Yields (step, how many times it makes the distance) where that is no rounding."""
    for step, (before, after) in enumerate(zip(found.port, found.port[1:])):
        if after > _LEAST:
            grown = after / max(before, _NOTHING)
            expected = found.floor[step + 1] / max(found.floor[step], _NOTHING)
            if grown > _JUMP * max(expected, 1.0):
                yield step, grown


def unexplained(found, dtype):
    """A finding on a step from which a port departs that is alike where it is compared.

    Args:
      found: the `Distances`, of a pair of which nothing that was compared is different.
      dtype: the precision; of float32 a jump says nothing.
    """
    for step, _ in _jumps(found):
        if dtype == "float64" and found.port[step] <= _BY_ROUNDING:
            yield findings.Finding(8, dtype, "free run", differences.DIFFERENT,
                                   found.port[step + 1], step=step,
                                   note=_OUTSIDE.format(step, found.port[step + 1]))
            return
