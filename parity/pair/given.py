"""What a port starts its steps from: the reference's states, inputs and draws, in its layout."""

import numpy as np

from parity.pair import judgement


def arrays(trace, found, steps):
    """`(name, array)` of all that the port starts its steps from, in its own layout."""
    names = {row.reference: row.port for row in found.inputs}
    for step in steps:
        for row in found.variables.rows:
            yield (f"state/{step}/{row.port}",
                   row.transform.state(trace[f"before/{step}/{row.reference}"]))
        transform = {row.port: row.transform for row in found.variables.rows}
        for slot in found.slots:
            value = transform[slot.port].change(trace[f"before/{step}/{slot.reference}"])
            if slot.holds_rate:
                value = -value * np.asarray(
                    judgement.rate_of(trace, step, slot.variable), value.dtype)
            number = found.optimizers.get(slot.port)
            if number is not None and slot.role in found.port["optimizers"][number]["roles"]:
                yield f"slot/{step}/{number}/{slot.port}/{slot.role}", value
        for number in set(found.optimizers.values()):
            yield f"iterations/{step}/{number}", np.int64(_iterations(trace, found, step))
        for name in trace.files:
            kind, at, rest = (name.split("/", 2) + [""])[:3]
            phase, _, tensor = rest.partition("/")
            if kind == "input" and at == str(step):
                yield f"input/{step}/{phase}/{names.get(tensor, plain(tensor))}", trace[name]
        drawn = sorted((int(name.split("/")[2]), int(name.split("/")[3]), name)
                       for name in trace.files if name.startswith(f"draw/{step}/"))
        for number, (_, _, name) in enumerate(drawn):
            yield f"draw/{step}/{number}", trace[name]


def plain(tensor):
    """An input as a port's batch calls it: the name of the operation that gives it."""
    return tensor[:-2] if tensor.endswith(":0") else tensor


def _iterations(trace, found, step):
    """How many updates an optimiser has made before a step: what TensorFlow 1 counts."""
    for entry in found.reference["variables"]:
        if entry["name"].rpartition("/")[2] == "global_step":
            return int(trace[f"before/{step}/{entry['name']}"])
    for update in found.reference["updates"]:
        if "beta1_power" in update["slots"] and "beta1" in update["constants"]:
            power = float(trace[f"before/{step}/{update['slots']['beta1_power']}"])
            return int(round(np.log(power) / np.log(update["constants"]["beta1"]))) - 1
    return step
