"""Describes a capture for the person who ports its program."""

import os

from parity.reference import float64_graph
from parity.reference import importing
from parity.reference import steps
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.showing import show_network
from parity.reference.showing import show_training
from parity.reference.showing import wording

# Relative difference between repetitions that another order of sums explains.
_ROUNDING = 1e-4


def text(captured):
    """Description of a capture, as text of a screen or two.

    Args:
      captured: a `parity.reference.captured.Captured`.
    """
    parts = (_origin, _inputs, show_training.steps, show_training.optimizers, show_network.layers,
             show_network.random_draws, show_network.state, _races, _float64)
    return "\n\n".join(filter(None, ("\n".join(part(captured)) for part in parts))) + "\n"


def _origin(captured):
    versions = captured.header["versions"]
    program = " ".join(os.path.basename(word) if os.path.isabs(word) else word
                       for word in captured.header["program"])
    lost = steps.without_inputs(captured)
    return ["{}\n  captured on TensorFlow {}, Python {}: {} steps, {} calls of Session.run{}"
            .format(program, versions["tensorflow"], versions["python"],
                    captured.header["steps"], len(captured.calls), lost and
                    "\n  inputs were kept of the first {} steps".format(
                        captured.header["steps"] - lost) or "")]


def _inputs(captured):
    """Section on the inputs of training, without random draws."""
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
            _first(values, tensors.shape_of(tensor))))
    return wording.section("Inputs", lines)


def _first(values, shape):
    """Value or shape in the first call, where the graph leaves it open; else ""."""
    if values.shape == () and values.dtype.kind in "fiu":
        return ", {} in the first call".format(tensors.number(values.item()))
    is_open = shape is None or None in shape
    return ", {} in the first call".format(list(values.shape)) if is_open else ""


def _shape(tensor):
    shape = tensors.shape_of(tensor)
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


def _races(captured):
    """Section on differences between repetitions of calls in the capture."""
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
    lines.append("a race, or gradients that are zero but for rounding: " + wording.some(raced)
                 if raced else "rounding, in the order of additions")
    return wording.section("Repeats", lines)


def _float64(captured):
    graph_def = importing.importable(captured.graph_def())
    islands = float64_graph.to_float64(graph_def).islands
    types = {node.name: node.op for node in graph_def.node}
    fused = sum(op.startswith("FusedBatchNorm") for op in types.values())
    lines = ["every operation can be computed in float64"]
    if islands:
        kinds = wording.some(sorted({types[name] for name in islands}))
        lines = ["{} of {} operations stay in float32: {}".format(
            len(islands), len(types), kinds)]
    if fused:
        lines.append("{} operations of fused batch norm are replaced by the formula".format(fused))
    return wording.section("In float64", lines)
