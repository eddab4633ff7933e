"""What a port starts its steps from: the reference's states, inputs and draws, in its layout."""

import numpy as np

from parity.pair import counting
from parity.pair import slots

# Keras's rules that correct a bias by the number of updates.
_COUNTING = ("Adam", "AdamW", "Adamax", "Lamb", "Nadam")


def arrays(trace, found, steps):
    """`(name, array)` of all that the port starts its steps from, in its own layout."""
    yield from fed(trace, found, steps)
    for step in steps:
        for row in found.variables.rows:
            yield (f"state/{step}/{row.port}",
                   row.transform.state(trace[f"before/{step}/{row.reference}"]))
        transform = {row.port: row.transform for row in found.variables.rows}
        for slot in found.slots:
            value = slot.layout(transform[slot.port])[0](
                trace[f"before/{step}/{slot.reference}"])
            if slot.holds_rate:
                value = -value * np.asarray(
                    trace.rate(step, slot.variable, last=True), value.dtype)
            if slots.is_held(found, slot):
                number = found.optimizers[slot.port]
                yield f"slot/{step}/{number}/{slot.port}/{slot.role}", value
        for row in found.own:
            yield f"own/{step}/{row.optimizer}/{row.name}", trace[f"before/{step}/{row.reference}"]
        for number in set(found.optimizers.values()):
            yield f"iterations/{step}/{number}", np.int64(
                counting.iterations(trace, found, step, number))


def fed(trace, found, steps):
    """`(name, array)` of what the port is fed in steps, and of the draws that answer its own."""
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
            yield f"draw/{step}/{number}", trace[name]


def plain(tensor):
    """An input as a port's batch calls it: the name of the operation that gives it."""
    name, _, index = tensor.partition(":")
    return f"{name}/output_{index}" if index not in ("", "0") else name


def counted(trace, found, step):
    """`[(number, updates before a step)]` of the port's optimisers whose rule takes the number."""
    return [(number, counting.iterations(trace, found, step, number))
            for number in sorted(set(found.optimizers.values()))
            if found.port["optimizers"][number]["stock"] in _COUNTING]
