"""Rungs 7 and 8: slots of the optimisers, and what they keep for no one variable, after a step."""

import numpy as np

from parity.judge import differences
from parity.judge.compared import ABSENT, Compared

RUNG, TRAINING = 7, 8


def compared(sides, step):
    """A `Compared` for each pair of slots and of an optimiser's own variables after a step."""
    rung = TRAINING if step != sides.first_step else RUNG
    transforms = {row.port: row.transform for row in sides.pairing.rows}
    for slot in sides.slots:
        found = _slot(sides, step, slot, transforms[slot.port])
        if found:
            yield found._replace(rung=rung)
    for row in sides.own:
        yield _own(sides, step, row)._replace(rung=rung)


def _slot(sides, step, slot, transform):
    """The `Compared` of a slot; None of one that the port need not have."""
    name = f"slot_after/{step}/{sides.optimizers.get(slot.port)}/{slot.port}/{slot.role}"
    tensor = f"{slot.port}@{slot.role}"
    if name not in sides.port:
        return None if slot.idle else Compared(
            RUNG, tensor, step, ABSENT, note="the port's optimiser has no such slot")
    held = as_held(sides.reference, step, slot, transform)
    before = held(sides.reference[f"before/{step}/{slot.reference}"], last=True)
    expected = held(sides.reference[f"after/{step}/{slot.reference}"])
    value = sides.port[name]
    return Compared(RUNG, tensor, step, differences.measure(value, expected, before),
                    floor(sides, step, slot, held, before)).of(expected, value, before)


def as_held(reference, step, slot, transform):
    """Function (array, last) of a slot of the reference that gives what the port holds for it.

    Args:
      reference: a `Trace`; step: the step, of whose rate the port's slot may be a multiple, with
        `last` of the rate before it.
      slot: a `parity.pair.slots.Row`; transform: its variable's `Transform`.
    """
    take, _ = slot.layout(transform)

    def held(value, last=False):
        if not slot.holds_rate:
            return take(value)
        return take(value) * np.asarray(-reference.rate(step, slot.variable, last), value.dtype)
    return held


def floor(sides, step, slot, held, before):
    """The `Floor` of a slot after a step; `held` is what `as_held` gives, `before` an array."""
    found = sides.floor(f"after/{step}/{slot.reference}", held, before)
    if not slot.holds_rate:
        return found
    # Keras takes the rate in float32.
    return found._replace(constants=max(found.constants, differences.FLOAT32_CONSTANT / 2))


def _own(sides, step, row):
    """The `Compared` of what an optimiser keeps for itself."""
    before, expected = (sides.reference[f"{when}/{step}/{row.reference}"]
                        for when in ("before", "after"))
    value = sides.port[f"own_after/{step}/{row.optimizer}/{row.name}"]
    return Compared(RUNG, f"{row.name} of optimiser {row.optimizer + 1}", step,
                    differences.measure(value, expected, before),
                    sides.floor(f"after/{step}/{row.reference}", before=before)
                    ).of(expected, value, before)
