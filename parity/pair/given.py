"""What a port starts its steps from: the reference's states, inputs and draws, in its layout."""

import numpy as np

from parity.pair import slots

# Keras's rules that correct a bias by the number of updates.
_COUNTING = ("Adam", "AdamW", "Adamax", "Lamb", "Nadam")
# After thousands of updates Adam's powers of a beta vanish; below this they tell no number.
_SMALLEST = 1e-30


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
                iterations(trace, found, step, number))


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
    return [(number, iterations(trace, found, step, number))
            for number in sorted(set(found.optimizers.values()))
            if found.port["optimizers"][number]["stock"] in _COUNTING]


def iterations(trace, found, step, optimizer):
    """How many updates one of the port's optimisers has made before a step, as TensorFlow 1 counts.

    Its Adam counts in the powers of its betas; a schedule's rate comes from a counter; else there
    is a global step, or the steps of the capture. Where training begins with the capture, counters
    of both sides begin where each of them does.
    """
    trained = {row.reference for row in found.variables.rows
               if found.optimizers.get(row.port) == optimizer}
    updates = [update for update in found.reference["updates"] if update["variable"] in trained]
    counters = [update["counter"] for update in updates if update.get("counter")]
    counters += [entry["name"] for entry in found.reference["variables"]
                 if entry["name"].rpartition("/")[2] == "global_step"]
    counted = [count for update in updates for count in _powers(trace, step, update)]
    counted += [_count(trace, found, step, name, trained, optimizer) for name in counters]
    return (counted + [step])[0]


def _count(trace, found, step, counter, trained, optimizer):
    """The number of updates that a counter tells: it may count more, or less often than they are.

    Two optimisers may share one; one optimiser may be applied several times in a counted step.
    """
    count, first = int(trace[f"before/{step}/{counter}"]), found.reference.get("first_counts", {})
    after = f"after/{step}/{counter}"
    grows = int(trace[after]) - count if after in trace else 0
    updates = max([sum(1 for _, tensor, _ in trace.by_phase("rate", step) if tensor == name)
                   for name in trained], default=0)
    counted = count - first.get(counter, 0)
    if grows > 0 and updates:
        counted = counted * updates // grows
    begins = found.port["optimizers"][optimizer].get("iterations", 0)
    return counted + (begins if counter in first else 0)


def _powers(trace, step, update):
    """The number of updates that the powers of Adam's betas tell, if they do."""
    counts = []
    for beta in ("beta1", "beta2"):
        name = update["slots"].get(beta + "_power")
        if not name or not update["constants"].get(beta):  # 0 in some GANs: no power tells a number
            continue
        power = float(trace[f"before/{step}/{name}"])
        counts.append(int(round(np.log(max(power, _SMALLEST))
                                / np.log(update["constants"][beta]))) - 1)
        if power > _SMALLEST:
            return counts[-1:]
    return counts[-1:]
