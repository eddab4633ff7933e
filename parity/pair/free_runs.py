"""Free runs in float64: finds steps at which a port departs between the compared steps.

Two equal programs drift apart by rounding, so that no distance alone is a verdict. But a step in
which the distance grows faster than rounding makes it is compared, too, from the reference's state.
"""

from typing import NamedTuple

from parity.common import keys
from parity.judge import differences
from parity.judge import drift
from parity.judge import findings
from parity.judge.nearest import nearest

# A departure: a step in which the distance grows this many times faster than the noise floor.
_JUMP = 30.0
# Relative distances below this are rounding.
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
    """Distances from the reference's run after each step, relative to how far the reference moved.

    Attributes:
      port: [steps + 1] of the port.
      floor: noise floor, [steps + 1]: of the reference itself, nudged by one ulp at each step;
        empty where the port stays within rounding.
      losses: `{loss: (reference, port)}`, [steps] each.
    """

    port: list
    floor: list
    losses: dict = {}


def names(rows):
    """Names of the reference's variables that the port holds in the same layout."""
    return [row.reference for row in rows if not row.transform.name]


def distances(reference, port, rows, nudged):
    """`Distances` of two free runs; None where no variable can be compared.

    Args:
      reference, port: mappings from names to arrays; both hold entries/<variable>, sampled entries
        of a variable after each step.
      rows: `Row`s of variables; only those in the same layout on both sides are used.
      nudged: function () -> such a mapping of the nudged reference. It takes as long as the
        reference took, and is not called where the port stays within rounding.
    """
    rows = [row for row in rows if not row.transform.name
            and keys.entries(row.reference) in reference and keys.entries(row.port) in port]
    if not rows:
        return None
    theirs = {row.reference: reference[keys.entries(row.reference)] for row in rows}
    apart = drift.distance(theirs, {
        row.reference: port[keys.entries(row.port)] for row in rows})
    shown = losses(reference, port)
    if max(apart) <= _LEAST:
        return Distances(apart, [], shown)
    other = nudged()
    return Distances(apart, drift.distance(theirs, {
        row.reference: other[keys.entries(row.reference)] for row in rows}), shown)


def losses(reference, port):
    """`{"<tensor> of phase <n>": (reference's losses, nearest losses of the port)}`, [steps] each.

    Args:
      reference, port: mappings from names to arrays; they hold losses/<phase>/<name>, [steps].
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
    """Steps at which a port departs and that are not `compared` yet, greatest departures first."""
    jumps = [(grown, step) for step, grown in _jumps(found) if step not in compared]
    return [step for _, step in sorted(jumps, reverse=True)[:_MOST]]


def _jumps(found):
    """Yields (step, factor by which the distance grows) where that exceeds rounding."""
    for step, (before, after) in enumerate(zip(found.port, found.port[1:])):
        if after > _LEAST:
            grown = after / max(before, _NOTHING)
            expected = found.floor[step + 1] / max(found.floor[step], _NOTHING)
            if grown > _JUMP * max(expected, 1.0):
                yield step, grown


def unexplained(found, dtype):
    """Yields a `Finding` on the first departure that no compared step explains, in float64 only.

    Args:
      found: the `Distances` of a pair in which nothing that was compared is different.
      dtype: the precision; in float32 rounding can make such a jump.
    """
    for step, _ in _jumps(found):
        if dtype == "float64" and found.port[step] <= _BY_ROUNDING:
            yield findings.Finding(8, dtype, "free run", differences.DIFFERENT,
                                   found.port[step + 1], step=step,
                                   note=_OUTSIDE.format(step, found.port[step + 1]))
            return
