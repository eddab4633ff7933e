"""Arrays that a port starts its steps from: the reference's states, inputs and random draws."""

import numpy as np

from parity.common import keys
from parity.pair import counting
from parity.pair import slots

# Keras optimisers whose update depends on the number of updates.
_COUNTING = ("Adam", "AdamW", "Adamax", "Lamb", "Nadam")


def arrays(trace, found, steps):
    """Yields (name, array) of states, inputs and draws of the steps, in the port's layout.

    Args:
      trace: a `parity.trace.trace.Trace` of the reference, with joined variables.
      found: the `Mapping`.
      steps: numbers of the steps.
    """
    yield from fed(trace, found, steps)
    for step in steps:
        for row in found.variables.rows:
            yield (keys.state(step, row.port),
                   row.transform.state(trace[keys.before(step, row.reference)]))
        transform = {row.port: row.transform for row in found.variables.rows}
        for slot in found.slots:
            take, _ = slot.layout(transform[slot.port])
            value = take(trace[keys.before(step, slot.reference)])
            if slot.holds_rate:
                value = -value * np.asarray(
                    trace.rate(step, slot.variable, last=True), value.dtype)
            if slots.is_held(found, slot):
                number = found.optimizers[slot.port]
                yield keys.slot(step, number, slot.port, slot.role), value
        for row in found.own:
            yield keys.own(step, row.optimizer, row.name), trace[keys.before(step, row.reference)]
        for number in set(found.optimizers.values()):
            yield keys.iterations(step, number), np.int64(
                counting.iterations(trace, found, step, number))


def fed(trace, found, steps):
    """Yields (name, array) of the inputs of steps, and of the draws that answer the port's own."""
    names, drawn = {row.reference: row.port for row in found.inputs}, {step: [] for step in steps}
    for name in trace:
        if not name.startswith(("input/", "gathered/", "draw/")):
            continue
        kind, step, phase, tensor = name.split("/", 3)
        if int(step) not in drawn:
            continue
        if kind == "draw":
            drawn[int(step)].append((int(phase), int(tensor), name))
        else:
            yield f"{kind}/{step}/{phase}/{names.get(tensor, plain(tensor))}", trace[name]
    for step, places in drawn.items():
        for number, (_, _, name) in enumerate(sorted(places)):
            yield keys.draw(step, number), trace[name]


def plain(tensor):
    """Name of an input in the port's batch: that of the operation, "x" of "x:0"."""
    name, _, index = tensor.partition(":")
    return f"{name}/output_{index}" if index not in ("", "0") else name


def counted(trace, found, step):
    """`[(optimiser number, updates before a step)]` of optimisers whose rule uses their count."""
    return [(number, counting.iterations(trace, found, step, number))
            for number in sorted(set(found.optimizers.values()))
            if found.port["optimizers"][number]["stock"] in _COUNTING]
