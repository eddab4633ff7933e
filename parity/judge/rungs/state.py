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
    take, _ = slot.layout(transform)

    def as_held(value, last=False):
        factor = -sides.reference.rate(step, slot.variable, last) if slot.holds_rate else 1.0
        return take(value) * np.asarray(factor, value.dtype)
    before = as_held(sides.reference[f"before/{step}/{slot.reference}"], last=True)
    after = f"after/{step}/{slot.reference}"
    expected = as_held(sides.reference[after])
    floor = sides.floor(after, as_held, before)
    if slot.holds_rate:  # which Keras takes in float32
        floor = floor._replace(constants=max(floor.constants, differences.FLOAT32_CONSTANT / 2))
    value = sides.port[name]
    return Compared(RUNG, tensor, step, differences.measure(value, expected, before),
                    floor).of(expected, value, before)


def _own(sides, step, row):
    """The `Compared` of what an optimiser keeps for itself."""
    before, expected = (sides.reference[f"{when}/{step}/{row.reference}"]
                        for when in ("before", "after"))
    value = sides.port[f"own_after/{step}/{row.optimizer}/{row.name}"]
    return Compared(RUNG, f"{row.name} of optimiser {row.optimizer + 1}", step,
                    differences.measure(value, expected, before),
                    sides.floor(f"after/{step}/{row.reference}", before=before)
                    ).of(expected, value, before)
