"""Gradients of the first compared step, clipped, as the optimisers take them.

The set of variables that an update takes is structure, and its differences are of that rung.
"""

import numpy as np

from parity.common import keys
from parity.common import rungs
from parity.judge import differences
from parity.judge.compared import ABSENT, Compared

# A gradient this small beside the largest of its update is zero but for rounding.
_ZERO = 1e-12


def compared(sides):
    """Yields a `Compared` for each update of each variable, a variable's updates in their order."""
    step = sides.first_step
    updates = sorted({phase for phase, _, _ in sides.port.by_phase("clipped", step)})
    for row in sides.pairing.rows:
        theirs = [(phase, name) for phase in sides.reference.phases(step)
                  for name in [keys.gradient(step, phase, row.reference)]
                  if name in sides.reference]
        ours = [name for name in (keys.clipped(step, update, row.port)
                                  for update in updates) if name in sides.port]
        if theirs or row.reference not in sides.hidden:
            yield from _updates(sides, row, theirs, ours)


def _updates(sides, row, theirs, ours):
    """Yields a `Compared` for each gradient of a variable in the first step.

    Args:
      sides: the `Sides`.
      row: the variable's `parity.pair.variables.Row`.
      theirs: [(phase, name of the array)] of the reference.
      ours: names of the port's arrays, in the order of its updates.
    """
    step = sides.first_step
    updates = max(len(ours), _listed(sides, row.port))
    apart = len(ours) != len(theirs) and updates != len(theirs)
    if apart:
        yield Compared(rungs.STRUCTURE, row.port, step, ABSENT, note=(
            f"updated {_times(updates)} in a step, in the reference {_times(len(theirs))}"))
    for number, (phase, name) in enumerate(theirs[:len(ours)] if apart else theirs):
        if number >= len(ours):
            yield Compared(rungs.GRADIENTS, row.port, step, ABSENT,
                           note="the port gives no gradient", phase=phase)
            continue
        expected, value = row.transform.change(sides.reference[name]), sides.port[ours[number]]
        difference = _difference(value, expected, sides.largest_gradient(step, phase))
        yield Compared(rungs.GRADIENTS, row.port, step, difference, sides.noise_floor(name),
                       phase=phase).of(expected, value)


def _listed(sides, variable):
    """Number of updates of the first step that take a port's variable, with a gradient or None."""
    return sum(variable in sides.port[name]
               for name in sides.port.part("updated", sides.first_step).values())


def _times(count):
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _difference(value, expected, largest):
    """The `Difference` of two gradients; within an ulp where both are zero but for rounding.

    Args:
      value, expected: gradients of the port and of the reference.
      largest: the largest entry of all gradients of the phase.
    """
    difference = differences.measure(value, expected)
    if value.shape == expected.shape and max(
            np.abs(expected).max(), np.abs(value).max()) <= _ZERO * largest:
        return difference._replace(within_ulp=True)
    return difference
