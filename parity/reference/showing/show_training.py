"""Describes steps, phases and optimisers of a capture."""

from parity.reference.keras_frame import keras_optimizers
from parity.reference.reading import assignments
from parity.reference.reading import changes
from parity.reference.reading import initial_values
from parity.reference.reading import phases
from parity.reference.reading import schedules
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates
from parity.reference.showing import wording


def steps(captured):
    """Section on the calls of a step."""
    names = {entry["tensor"]: name for name, entry in captured.inputs.items()}
    lines, number = [], 0
    for times, block in phases.folded(phases.read(captured)):
        indent = "  " if times > 1 else ""
        lines += ["{} times:".format(times)] if times > 1 else []
        for phase in block:
            number += 1
            calls = "{} calls".format(phase.count) if phase.count > 1 else "call"
            lines.append("{}{}. {}: {}".format(indent, number, calls, _effect(captured, phase)))
            taken = [names.get(name, name) for name in phase.fed + phase.drawn]
            if taken:
                lines.append("{}     takes {}".format(indent, wording.some(taken)))
    return wording.section("A step", lines)


def _effect(captured, phase):
    effects = ["{} updates {}".format(group[0].scope or group[0].kind, wording.some(
        update.variable for update in group)) for group in phase.updates]
    text = effects[0] if effects else ""
    for effect, waits in zip(effects[1:], phase.waits[1:]):
        text += (", then " if waits else ", and, not waiting for it, ") + effect
    kinds = {average.variable: "moving averages" for average in
             assignments.moving_averages(captured)}
    kinds.update((other.variable, other.kind) for other in assignments.others(captured)
                 if other.kind not in assignments.CLIPS)
    rest = {}
    for name in phase.writes:
        rest.setdefault(kinds.get(name, "other"), []).append(name)
    words = {"counter": "counts", "copy": "copies into", "set": "sets",
             "moving averages": "moves the averages", "other": "writes"}
    texts = ["{} {}".format(words[kind], wording.some(names))
             for kind, names in sorted(rest.items())]
    if phase.clips:
        updated = {update.variable for group in phase.updates for update in group}
        texts.append("clips " + ("weights" if set(phase.clips) == updated else
                                 wording.some(phase.clips)))
    gathered = "gathers gradients: " if phase.role == "gather" else ""
    return gathered + "; ".join(filter(None, [text] + texts)) or "runs forward"


def optimizers(captured):
    """Section on the optimisers of a capture."""
    lines = []
    for found in updates.optimizers(captured):
        constants = ", ".join("{} {}".format(name, tensors.number(value)) for name, value
                              in list(found.constants.items())[:12])
        sparse = [update.variable for update in found.updates if update.sparse]
        count = len(found.updates)
        lines.append("{}{}, {} variable{}".format(
            found.kind, found.scope and " ({})".format(found.scope), count, "s" * (count > 1)))
        lines += _source(captured, found)
        if constants:
            lines.append("  " + constants)
        if found.rate:
            lines.append("  learning rate " + schedules.words(found.rate))
        lines += _gradients(found)
        if sparse:
            lines.append("  sparse gradients{}: {}".format(
                ", rows that a batch does not use stay" if found.kind in keras_optimizers.LAZY
                else "", wording.some(sparse)))
        lines += _slots(captured, found)
    return wording.section("Optimisers", lines or ["no call that was captured applies an update"])


def _source(captured, found):
    """[line of the program that made an optimiser's updates]."""
    lines = captured.source(found.updates[0].operation)[:1]
    return ["  {}, line {}: {}".format(made.path, made.line, made.text) for made in lines]


def _gradients(found):
    """Lines on the losses of an optimiser, and the changes of their gradients."""
    lines = ["  loss {}{}{}".format(
        loss.tensor, "" if loss.fetched else ", never fetched" if loss.captured else ", never run",
        "" if loss.certain else ", as far as the graph says")
             for loss in found.losses] or ["  loss: not found in the graph"]
    grouped = {}
    for update in found.updates:
        words = ", then ".join(map(changes.words, update.changes))
        grouped.setdefault(words, []).append(update.variable)
    for words, names in grouped.items():
        if words:
            whose = "" if len(grouped) == 1 else " of " + wording.some(names)
            lines.append("  gradients{}: {}".format(whose, words))
    return lines


def _slots(captured, found):
    """Lines on slots with first values that a port may lack: RMSProp's ms, Adagrad's accum."""
    graph, lines = structure.of(captured), []
    for role in ("ms", "accum", "accum_update", "linear"):
        names = [update.slots[role] for update in found.updates if role in update.slots]
        initials = {initial_values.words(initial_values.read(graph, name)) for name in names}
        if len(initials) == 1 and initials != {"zeros"}:
            lines.append("  slot {} starts at {}".format(role, initials.pop()))
    return lines
