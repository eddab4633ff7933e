"""Rung 5: gradients of the first compared step as the optimisers take them, clipped.

Which variables an update takes is structure, and stands at rung 1.
"""

import numpy as np

from parity.judge import differences
from parity.judge.compared import ABSENT, Compared
from parity.judge.rungs import structure

RUNG = 5
# A gradient this small beside the largest of its update is zero but for rounding.
_ZERO = 1e-12


def compared(sides):
    """A `Compared` for each update of each variable, a variable's updates in their order."""
    step = sides.first_step
    updates = sorted({phase for phase, _, _ in sides.port.by_phase("clipped", step)})
    for row in sides.pairing.rows:
        theirs = [(phase, f"gradient/{step}/{phase}/{row.reference}")
                  for phase in sides.reference.phases(step)]
        theirs = [pair for pair in theirs if pair[1] in sides.reference]
        ours = [name for name in (f"clipped/{step}/{update}/{row.port}" for update in updates)
                if name in sides.port]
        if theirs or row.reference not in sides.hidden:
            yield from _updates(sides, row, theirs, ours)


def _updates(sides, row, theirs, ours):
    """A `Compared` for each gradient of a variable: (phase, name) of them, and their partners."""
    step = sides.first_step
    updates = max(len(ours), _listed(sides, row.port))
    apart = len(ours) != len(theirs) and updates != len(theirs)
    if apart:
        yield Compared(structure.RUNG, row.port, step, ABSENT, note=(
            f"updated {_times(updates)} in a step, in the reference {_times(len(theirs))}"))
    for number, (phase, name) in enumerate(theirs[:len(ours)] if apart else theirs):
        if number >= len(ours):
            yield Compared(RUNG, row.port, step, ABSENT, note="the port gives no gradient",
                           phase=phase)
            continue
        expected = row.transform.change(sides.reference[name])
        value = sides.port[ours[number]]
        difference = _difference(value, expected,
                                 sides.largest_gradient(step, phase))
        yield Compared(RUNG, row.port, step, difference, sides.floor(name),
                       phase=phase).of(expected, value)


def _listed(sides, variable):
    """In how many updates of the first step the port names a variable, with a gradient or None."""
    return sum(variable in sides.port[name]
               for name in sides.port.part("updated", sides.first_step).values())


def _times(count):
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _difference(value, expected, largest):
    """The difference of two gradients; of two that are zero but for rounding, none."""
    difference = differences.measure(value, expected)
    if value.shape == expected.shape and max(
            np.abs(expected).max(), np.abs(value).max()) <= _ZERO * largest:
        return difference._replace(within_ulp=True)
    return difference
