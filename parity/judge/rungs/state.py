"""State of the optimisers after a step: slots, and variables that they keep for themselves.

The first compared step has a rung of its own, later ones are of the rung of training.
"""

import numpy as np

from parity.common import keys
from parity.common import rungs
from parity.judge import differences
from parity.judge import tensor_names
from parity.judge.compared import ABSENT, Compared


def compared(sides, step):
    """Yields a `Compared` for each pair of slots and of an optimiser's own variables."""
    rung = rungs.TRAINING if step != sides.first_step else rungs.STATE
    transforms = {row.port: row.transform for row in sides.pairing.rows}
    for slot in sides.slots:
        found = _slot(sides, step, slot, transforms[slot.port])
        if found:
            yield found._replace(rung=rung)
    for row in sides.own:
        yield _own(sides, step, row)._replace(rung=rung)


def _slot(sides, step, slot, transform):
    """The `Compared` of a slot; None of an idle one that the port lacks."""
    name = keys.slot_after(step, sides.optimizers.get(slot.port), slot.port, slot.role)
    tensor = tensor_names.of_slot(slot.port, slot.role)
    if name not in sides.port:
        return None if slot.idle else Compared(
            rungs.STATE, tensor, step, ABSENT, note="the port's optimiser has no such slot")
    held = as_held(sides.reference, step, slot, transform)
    before = held(sides.reference[keys.before(step, slot.reference)], last=True)
    expected = held(sides.reference[keys.after(step, slot.reference)])
    value = sides.port[name]
    return Compared(rungs.STATE, tensor, step, differences.measure(value, expected, before),
                    noise_floor(sides, step, slot, held, before)).of(expected, value, before)


def as_held(reference, step, slot, transform):
    """Returns a function (array, last=False) from a slot's layout in the reference to the port's.

    Keras's momentum holds the learning rate: of the step, or with `last` of the step before it.

    Args:
      reference: the reference's `Trace`.
      step: number of the step.
      slot: a `parity.pair.slots.Row`.
      transform: the `Transform` of its variable.
    """
    take, _ = slot.layout(transform)

    def held(value, last=False):
        if not slot.holds_rate:
            return take(value)
        return take(value) * np.asarray(-reference.rate(step, slot.variable, last), value.dtype)
    return held


def noise_floor(sides, step, slot, held, before):
    """The `NoiseFloor` of a slot after a step.

    Args:
      sides: the `Sides`.
      step: number of the step.
      slot: a `parity.pair.slots.Row`.
      held: the function that `as_held` returns.
      before: the slot before the step, in the port's layout.
    """
    found = sides.noise_floor(keys.after(step, slot.reference), held, before)
    if not slot.holds_rate:
        return found
    # Keras computes the rate in float32.
    return found._replace(constants=max(found.constants, differences.FLOAT32_CONSTANT / 2))


def _own(sides, step, row):
    """The `Compared` of a variable that an optimiser keeps for itself."""
    name = keys.after(step, row.reference)
    before = sides.reference[keys.before(step, row.reference)]
    expected = sides.reference[name]
    value = sides.port[keys.own_after(step, row.optimizer, row.name)]
    return Compared(rungs.STATE, tensor_names.of_optimizer(row.name, row.optimizer), step,
                    differences.measure(value, expected, before),
                    sides.noise_floor(name, before=before)).of(expected, value, before)
