"""Random draws: what a graph draws from, and what it does with it."""

from typing import Dict, List, NamedTuple, Optional

from parity.reference import structure

# What computes 1 / keep from a constant or a placeholder.
_SHARES = {"Cast", "Const", "Identity", "Placeholder", "PlaceholderWithDefault", "RealDiv", "Sub"}
_COMPARISONS = ("GreaterEqual", "Greater", "Less", "LessEqual")


class Drawn(NamedTuple):
    """A distribution: kind, and its numbers: low and high, or mean and stddev."""
    kind: str
    numbers: Dict[str, float]


class Dropout(NamedTuple):
    """A dropout.

    Attributes:
      input, output: names of tensors.
      rate: share of units that is dropped, of a fed one in the first call; None if unknown.
      source: the placeholder that decides it, or "".
      random: name of the random operation.
    """
    input: str
    output: str
    rate: Optional[float]
    source: str
    random: str


class Draw(NamedTuple):
    """A random operation that training calls run.

    Attributes:
      operation: its name, which is that of the capture's input.
      drawn: a `Drawn`.
      shape: shape of what it drew in the first call, or as far as the graph says.
      purpose: "dropout", with what is kept, or "goes into" operations.
      place: name of the dropout's input, or types and names of the operations.
    """
    operation: str
    drawn: Drawn
    shape: List[int]
    purpose: str
    place: str


def behind(graph, tensor):
    """The `Drawn` that a tensor is: a random operation, scaled and moved; None for another.

    Args:
      graph: a `parity.reference.structure.Structure`.
      tensor: the tensor.
    """
    op, shift, factor = tensor.op, 0.0, 1.0
    if op.type in structure.ADDITIONS and structure.with_constant(op):
        tensor, shift = structure.with_constant(op)
        op = structure.through(tensor).op
    while op.type == "Mul" and structure.with_constant(op):
        tensor, scale = structure.with_constant(op)
        factor, op = factor * scale, structure.through(tensor).op
    kind = graph.distribution(op)
    if kind is None:
        return None
    if kind == "uniform":
        ends = sorted((shift, _rounded(shift + factor)))
        return Drawn(kind, {"low": ends[0], "high": ends[1]})
    if kind in ("normal", "truncated normal"):
        return Drawn(kind, {"mean": shift, "stddev": factor})
    return Drawn(kind, {})


def words(drawn):
    """A distribution in words: "uniform from -1.0 to 1.0", "normal, stddev 0.02"."""
    numbers = {name: structure.number(value) for name, value in drawn.numbers.items()}
    if "low" in numbers:
        return "{} from {} to {}".format(drawn.kind, numbers["low"], numbers["high"])
    mean = ", mean " + numbers["mean"] if drawn.numbers.get("mean") else ""
    return drawn.kind + mean + (", stddev " + numbers["stddev"] if "stddev" in numbers else "")


def _rounded(value):
    """A sum without the last digits that float64 adds to it."""
    return float("{:.12g}".format(value))


def _scaled(graph, op):
    """The tensor with which a random operation's scaling ends, as -1 + 2 * uniform."""
    tensor = op.outputs[0]
    for types in (("Mul",), ("Add", "AddV2")):
        for use in tensor.consumers():
            if use.type in types and structure.with_constant(use):
                tensor = use.outputs[0]
                break
    return tensor


def dropouts(graph):
    """The `Dropout`s of a graph, those of its backward passes left out."""
    found = []
    for op in graph.operations:
        if graph.distribution(op) == "uniform" and not graph.is_backward(op):
            found.append(_dropout(graph, op))
    return [dropout for dropout in found if dropout]


def _dropout(graph, op):
    """floor(keep + uniform), or uniform compared with the rate; times the input over keep."""
    for start in (op.outputs[0], _scaled(graph, op)):
        for use in start.consumers():
            rate = mask = None
            found = structure.with_constant(use)
            if use.type in _COMPARISONS and _is_unit(graph, start):
                rate, mask = (found[1] if found else None), use.outputs[0]
                if use.type.startswith("Less") and rate is not None:
                    rate = 1.0 - rate
            elif use.type in ("Add", "AddV2") and any(
                    each.type == "Floor" for each in use.outputs[0].consumers()):
                rate = None if found is None else 1.0 - found[1]
                mask = use.outputs[0].consumers()[0].outputs[0]
            masked = None if mask is None else _masked(graph, mask)
            if masked:
                source, fed = ("", None) if found else _fed(graph, use, start)
                if rate is None and fed is not None:
                    rate = 1.0 - fed if mask.op.type == "Floor" else fed
                return Dropout(masked[0].name, masked[1].name,
                               None if rate is None else _rounded(rate), source, op.name)
    return None


def _fed(graph, use, random):
    """(placeholder, number) of an operation's other input: a placeholder, or 1 minus one.

    The number is that of the first call that is fed; ("", None) where it is neither.
    """
    other = next(each for each in use.inputs if each.name != random.name)
    op = structure.through(other).op
    if op.type == "Sub" and structure.scalar(op.inputs[0]) is not None:
        source, value = _fed(graph, op, op.inputs[0])
        return source, None if value is None else structure.scalar(op.inputs[0]) - value
    if op.type != "Placeholder":
        return "", None
    tensor = graph.captured.inputs[op.name]["tensor"]
    values = [call.fed()[tensor] for call in graph.captured.calls if tensor in call.feeds]
    if not values or values[0].size != 1:
        return op.name, None
    return op.name, float(structure.number(values[0].item()))


def _is_unit(graph, tensor):
    drawn = behind(graph, tensor)
    return drawn is not None and drawn.numbers == {"low": 0.0, "high": 1.0}


def _masked(graph, mask):
    """(input, output) of the product of an input and a mask, whichever is divided by keep."""
    reached = {mask.name}
    for _ in range(4):
        for use in mask.consumers():
            if graph.is_backward(use):
                continue
            if use.type in ("Cast", "Identity") or (use.type in ("RealDiv", "Mul")
                                                    and structure.with_constant(use)):
                mask = use.outputs[0]
                reached.add(mask.name)
                break
            kept = _kept(use, reached)
            if kept is not None:
                return _unscaled(kept), use.outputs[0]
    return None


def _kept(use, masks):
    """What a product with a mask, or a choice of zero where it is false, keeps; or None."""
    if use.type in ("Select", "SelectV2") and use.inputs[0].name in masks:
        return use.inputs[1] if structure.scalar(use.inputs[2]) == 0 else None
    others = [each for each in use.inputs if each.name not in masks]
    return others[0] if use.type == "Mul" and others else None


def _unscaled(tensor):
    """The input of a dropout before it is divided by the share that is kept."""
    if tensor.op.type in ("Mul", "RealDiv"):
        for data, scale in (tensor.op.inputs, reversed(tensor.op.inputs)):
            types = {op.type for op in structure.ancestors([scale])}
            if types <= _SHARES:
                return data
    return tensor


def read(captured):
    """The `Draw`s of a capture's training calls; draws of initial values are left out."""
    graph = structure.of(captured)
    dropped = {dropout.random: dropout for dropout in dropouts(graph)}
    used = {name: call for call in reversed(captured.calls) for name in call.stateful}
    found = []
    for name, entry in captured.inputs.items():
        if entry["random"] and entry["tensor"] in used:
            op = graph.graph.get_operation_by_name(name)
            array = used[entry["tensor"]].drawn()[entry["tensor"]]
            found.append(Draw(name, behind(graph, _scaled(graph, op)) or Drawn(entry["type"], {}),
                              list(array.shape), *_purpose(graph, op, dropped.get(name))))
    return sorted(found, key=lambda draw: graph.order(
        graph.graph.get_operation_by_name(draw.operation)))


def _purpose(graph, op, dropout):
    """(purpose, place) of a random operation."""
    if dropout:
        kept = "" if dropout.rate is None else ", keeps {}".format(
            structure.number(_rounded(1.0 - dropout.rate)))
        if dropout.source:
            kept += " in the first call, fed as {}".format(dropout.source)
        return "dropout" + kept, dropout.input.rpartition(":")[0]
    uses = [use for use in _scaled(graph, op).consumers() if not graph.is_backward(use)]
    names = ["{} {}".format(use.type, use.name) for use in sorted(uses, key=graph.order)]
    return "goes into", ", ".join(names[:3]) or "nothing"
