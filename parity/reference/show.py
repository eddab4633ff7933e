"""What a capture holds, in words that whoever ports the program understands."""

import os

from parity.reference import assignments
from parity.reference import clipping
from parity.reference import descriptions
from parity.reference import draws
from parity.reference import initial_values
from parity.reference import keras_optimizers
from parity.reference import layers
from parity.reference import phases
from parity.reference import precision
from parity.reference import replay
from parity.reference import schedules
from parity.reference import structure
from parity.reference import updates

_WIDTH = 100
_MOST_NAMES = 4
# A change that comes out otherwise by less is a sum in another order.
_ROUNDING = 1e-4


def text(captured):
    """Describes a capture in a screen or two.

    Args:
      captured: a `parity.reference.captured.Captured`.
    """
    parts = (_origin, _inputs, _steps, _optimizers, _layers, _draws, _state, _races, _float64)
    return "\n\n".join(filter(None, ("\n".join(part(captured)) for part in parts))) + "\n"


def _section(title, lines):
    """A title and its lines, indented and wrapped; nothing where there are none."""
    lines = [wrapped for line in lines for wrapped in _wrapped(line)]
    return [title] + ["  " + line for line in lines] if lines else []


def _wrapped(line):
    """Lines no longer than a terminal is wide, broken at blanks."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    while len(line) > _WIDTH - 2:
        cut = line.rfind(" ", len(indent), _WIDTH - 2)
        if cut < 0:
            break
        yield line[:cut]
        line = indent + line[cut + 1:]
    yield line


def some(names):
    """A few names of a list: "a, b, ... (12 in all)"."""
    names = list(names)
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return "{}, ... {} ({} in all)".format(", ".join(names[:2]), names[-1], len(names))


def _origin(captured):
    versions = captured.header["versions"]
    program = " ".join(os.path.basename(word) if os.path.isabs(word) else word
                       for word in captured.header["program"])
    return ["{}\n  captured on TensorFlow {}, Python {}: {} steps, {} calls of Session.run"
            .format(program, versions["tensorflow"], versions["python"],
                    captured.header["steps"], len(captured.calls))]


# ---- Inputs and steps -----------------------------------------------------------------------


def _inputs(captured):
    """Inputs that training takes; random draws are told on their own."""
    graph, lines = structure.of(captured), []
    for name, entry in sorted(captured.inputs.items()):
        calls = [call for call in captured.calls
                 if entry["tensor"] in call.feeds + call.stateful]
        if entry["random"] or not calls:
            continue
        tensor = graph.graph.get_tensor_by_name(name + ":0")
        fed = entry["tensor"] in calls[0].feeds
        values = (calls[0].fed() if fed else calls[0].drawn())[entry["tensor"]]
        lines.append("{}: {} {}, {}{}".format(
            name, tensor.dtype.base_dtype.name, _shape(tensor), _origin_of(entry, fed),
            _first(values, structure.shape_of(tensor))))
    return _section("Inputs", lines)


def _first(values, shape):
    """What the first call took, where the graph leaves it open."""
    if values.shape == () and values.dtype.kind in "fiu":
        return ", {} in the first call".format(structure.number(values.item()))
    is_open = shape is None or None in shape
    return ", {} in the first call".format(list(values.shape)) if is_open else ""


def _shape(tensor):
    shape = structure.shape_of(tensor)
    return "of any shape" if shape is None else "[{}]".format(
        ", ".join("None" if size is None else str(size) for size in shape))


def _origin_of(entry, fed):
    if fed:
        return "fed" if entry["type"] == "Placeholder" else "fed in place of " + entry["type"]
    kind = entry["type"]
    if "Iterator" in kind:
        return "from a tf.data iterator"
    if "Queue" in kind:
        return "from a queue"
    return "from " + kind


def _steps(captured):
    found, lines = phases.read(captured), []
    names = {entry["tensor"]: name for name, entry in captured.inputs.items()}
    for index, phase in enumerate(found):
        times = "{} calls".format(phase.count) if phase.count > 1 else "call"
        lines.append("{}. {}: {}".format(index + 1, times, _effect(captured, phase)))
        taken = [names.get(name, name) for name in phase.fed + phase.drawn]
        if taken:
            lines.append("     takes {}".format(some(taken)))
    return _section("A step", lines)


def _effect(captured, phase):
    effects = ["{} updates {}".format(group[0].scope or group[0].kind, some(
        update.variable for update in group)) for group in phase.updates]
    text = effects[0] if effects else ""
    for effect, waits in zip(effects[1:], phase.waits[1:]):
        text += (", then " if waits else "; from the same state, ") + effect
    kinds = {average.variable: "moving averages" for average in
             assignments.moving_averages(captured)}
    kinds.update((other.variable, other.kind) for other in assignments.others(captured))
    rest = {}
    for name in phase.writes:
        rest.setdefault(kinds.get(name, "other"), []).append(name)
    words = {"clip": "clips", "counter": "counts", "copy": "copies into", "set": "sets",
             "moving averages": "moves the averages", "other": "writes"}
    texts = ["{} {}".format(words[kind], some(names)) for kind, names in sorted(rest.items())]
    clips = [other.variable for other in assignments.others(captured) if other.kind == "clip"]
    touched = {update.variable for group in phase.updates for update in group}
    if touched.intersection(clips):
        texts.append("clips weights")
    gathered = "gathers gradients: " if phase.role == "gather" else ""
    return gathered + "; ".join(filter(None, [text] + texts))


# ---- Optimisers -----------------------------------------------------------------------------


def _optimizers(captured):
    lines = []
    for found in updates.optimizers(captured):
        constants = ", ".join("{} {}".format(name, structure.number(value)) for name, value
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
                else "", some(sparse)))
        lines += _slots(captured, found)
    return _section("Optimisers", lines or ["no call that was captured applies an update"])


def _source(captured, found):
    """The line of the program that made an optimiser's updates."""
    lines = captured.source(found.updates[0].operation)[:1]
    return ["  {}, line {}: {}".format(made.path, made.line, made.text) for made in lines]


def _gradients(found):
    """The losses of an optimiser, and what happens to their gradients."""
    lines = ["  loss {}{}{}".format(
        loss.tensor, "" if loss.fetched else ", never fetched" if loss.captured else ", never run",
        "" if loss.certain else ", as far as the graph says")
             for loss in found.losses] or ["  loss: not found in the graph"]
    grouped = {}
    for update in found.updates:
        words = ", then ".join(map(clipping.words, update.changes))
        grouped.setdefault(words, []).append(update.variable)
    for words, names in grouped.items():
        if words:
            whose = "" if len(grouped) == 1 else " of " + some(names)
            lines.append("  gradients{}: {}".format(whose, words))
    return lines


def _slots(captured, found):
    """Slots with a first value that a port may not have: RMSProp's ms of ones, Adagrad's accum."""
    graph, lines = structure.of(captured), []
    for role in ("ms", "accum", "accum_update", "linear"):
        names = [update.slots[role] for update in found.updates if role in update.slots]
        initials = {initial_values.words(initial_values.read(graph, name)) for name in names}
        if len(initials) == 1 and initials != {"zeros"}:
            lines.append("  slot {} starts at {}".format(role, initials.pop()))
    return lines


# ---- Layers, draws, state -------------------------------------------------------------------


def _layers(captured):
    graph, found = structure.of(captured), layers.read(captured)
    decays = {}
    for average in assignments.moving_averages(captured):
        if average.decay is not None:
            decays.setdefault(average.variable.rpartition("/")[0], []).append(average.decay)
    rows = []
    for layer in found:
        scopes = {name.rpartition("/")[0] for name in layer.variables.values()}
        own = sorted({decay for scope in scopes for decay in decays.get(scope, ())}) if (
            "norm" in layer.kind) else ()
        rows.append((layer.name, "{}; {}".format(
            descriptions.layer(layer, own), descriptions.initials(graph, layer)),
            layer.parameters))
    lines = ["{}{}{}".format(name + ": " if name else "", words,
                             "" if count is None else " [{:,}]".format(count))
             for name, words, count in descriptions.folded(rows)]
    total = sum(layer.parameters for layer in found)
    return _section("Layers, in the order of use: {:,} parameters".format(total), lines)


def _draws(captured):
    """Random draws; dropouts that keep the same share are told together."""
    grouped, lines = {}, []
    for draw in draws.read(captured):
        if draw.purpose.startswith("dropout"):
            grouped.setdefault(draw.purpose, []).append(draw.place)
        else:
            lines.append("{}: {}, {}; {} {}".format(draw.operation, draw.shape, draws.words(
                draw.drawn), draw.purpose, draw.place))
    lines += ["{}, after {}".format(purpose, some(places)) for purpose, places in grouped.items()]
    hidden = sorted({name for call in captured.calls for name in call.hidden})
    if hidden:
        lines.append("inside loops or branches, from the graph's seed: {}".format(some(hidden)))
    return _section("Random draws", lines)


def _state(captured):
    """Moving averages, clips, counters and copies, those of one kind in one line."""
    grouped = {}
    for average in assignments.moving_averages(captured):
        decay = "a decay that is computed" if average.decay is None else "decay {}".format(
            structure.number(average.decay))
        if average.counter:
            decay += " at most, (1 + n) / (10 + n) before, n from {}".format(average.counter)
        what = "weights" if average.of_variable else "statistics of batches"
        grouped.setdefault("moving averages of {}, {}".format(what, decay), []).append(
            average.variable)
    for other in assignments.others(captured):
        grouped.setdefault(_assigned(other), []).append(other.variable)
    return _section("Other state", ["{}: {}".format(words, some(names))
                                    for words, names in grouped.items()])


def _assigned(other):
    numbers = [structure.number(value) for value in other.numbers]
    return {"counter": "counter, plus {} each time".format((numbers + [""])[0]),
            "clip": "weights clipped to [{}]".format(", ".join(numbers)),
            "copy": "copied from {}".format(other.source),
            "set": "set from {}".format(other.source),
            "other": "written by {}".format(other.source or "other operations")}[other.kind]


def _races(captured):
    """What came out otherwise when a call was repeated where it was captured."""
    spread, reasons, count = {}, set(), 0
    for call in captured.calls:
        if call.repeats:
            count += call.repeats["count"]
            reasons.add(call.repeats["reason"])
            for name, value in call.repeats["spread"].items():
                spread[name] = max(value, spread.get(name, 0.0))
    if not count:
        why = ", ".join(sorted(reasons - {""})) or "none was kept for that"
        return ["Repeats\n  no call was repeated: {}".format(why)]
    if not spread:
        return ["Repeats\n  {} repeats of calls from one state gave the same bits".format(count)]
    worst = max(spread, key=spread.get)
    raced = sorted(name for name in spread if spread[name] > _ROUNDING)
    lines = ["{} of {} variables differ when a call is repeated from one state, {} most: by {:.1e} "
             "of its change".format(len(spread), len(captured.variables), worst, spread[worst])]
    lines.append("rounding, in the order of additions" if not raced else
                 "a race, or gradients that are zero but for rounding: {}".format(some(raced)))
    return _section("Repeats", lines)


def _float64(captured):
    graph_def = replay.importable(captured.graph_def())
    islands = precision.to_float64(graph_def).islands
    types = {node.name: node.op for node in graph_def.node}
    fused = sum(op.startswith("FusedBatchNorm") for op in types.values())
    lines = ["{} of {} operations stay in float32: {}".format(
        len(islands), len(types), some(sorted({types[name] for name in islands})))] if islands \
        else ["every operation can be computed in float64"]
    if fused:
        lines.append("{} operations of fused batch norm are replaced by the formula".format(fused))
    return _section("In float64", lines)
