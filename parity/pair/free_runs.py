"""Free runs in float64: where a port leaves its reference between the steps that are compared.

Two right programs drift apart by rounding, so that no distance is a verdict. But where the distance
grows in one step as rounding does not, that step is compared, too, from the reference's state.
"""

from typing import NamedTuple

from parity import drift

# A step from which the distance grows by this many times what nudges make it grow.
_JUMP = 30.0
# Smaller distances are rounding, whatever step they come from.
_LEAST = 1e-9
_MOST = 3
_NOTHING = 1e-16


class Distances(NamedTuple):
    """How far a run is from the reference's after each step, as a part of the reference's way.

    Attributes:
      port: [steps + 1] of the port.
      floor: [steps + 1] of the reference itself, nudged by a unit in the last place at each step.
    """

    port: list
    floor: list


def distances(reference, port, rows):
    """The `Distances` of two recordings; None where no variable can be compared.

    Args:
      reference, port: mappings from names to arrays; both hold entries/<variable>.
      rows: pairs of variables; of those in parts or in another order entries say nothing.
    """
    ours, theirs, nudged = {}, {}, {}
    for row in rows:
        names = (f"entries/{row.reference}", f"nudged_entries/{row.reference}",
                 f"entries/{row.port}")
        if not row.transform.name and names[0] in reference and names[2] in port:
            theirs[row.port], nudged[row.port], ours[row.port] = (
                reference[names[0]], reference[names[1]], port[names[2]])
    if not theirs:
        return None
    return Distances(drift.distance(theirs, ours), drift.distance(theirs, nudged))


def departures(found, compared):
    """Steps from which a port departs, the greatest departures first; none of those `compared`."""
    jumps = []
    for step, (before, after) in enumerate(zip(found.port, found.port[1:])):
        grown = after / max(before, _NOTHING)
        expected = found.floor[step + 1] / max(found.floor[step], _NOTHING)
        if step not in compared and after > _LEAST and grown > _JUMP * max(expected, 1.0):
            jumps.append((grown, step))
    return [step for _, step in sorted(jumps, reverse=True)[:_MOST]]
