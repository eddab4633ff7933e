"""Recognises dropouts: random masks, and the tensors that they are multiplied with."""

from typing import NamedTuple, Optional

from parity.reference.reading import distributions
from parity.reference.reading import tensors

# Operations that compute 1 / keep from a constant or a placeholder.
_SHARES = {"Cast", "Const", "Identity", "Placeholder", "PlaceholderWithDefault", "RealDiv", "Sub"}
_COMPARISONS = ("GreaterEqual", "Greater", "Less", "LessEqual")


class Dropout(NamedTuple):
    """A dropout.

    Attributes:
      input, output: names of tensors.
      rate: share of units that is dropped (in the first call, if it is fed); None if unknown.
      source: name of the placeholder that it is computed from, or "".
      random: name of the random operation.
    """
    input: str
    output: str
    rate: Optional[float]
    source: str
    random: str


def read(graph):
    """List of the `Dropout`s in the forward pass of a graph."""
    found = []
    for op in graph.operations:
        if graph.distribution(op) == "uniform" and not graph.is_backward(op):
            found.append(_dropout(graph, op))
    return [dropout for dropout in found if dropout]


def _dropout(graph, op):
    """`Dropout` of floor(keep + uniform), or of uniform compared with the rate; else None."""
    for start in (op.outputs[0], distributions.scaled(graph, op)):
        for use in start.consumers():
            rate = mask = None
            found = tensors.with_constant(use)
            if use.type in _COMPARISONS and _is_unit(graph, start):
                rate, mask = (found.number if found else None), use.outputs[0]
                if use.type.startswith("Less") and rate is not None:
                    rate = 1.0 - rate
            elif use.type in ("Add", "AddV2") and any(
                    each.type == "Floor" for each in use.outputs[0].consumers()):
                rate = None if found is None else 1.0 - found.number
                mask = use.outputs[0].consumers()[0].outputs[0]
            masked = None if mask is None else _masked(graph, mask)
            if masked:
                source, fed = ("", None) if found else _fed(graph, use, start)
                if rate is None and fed is not None:
                    rate = 1.0 - fed if mask.op.type == "Floor" else fed
                rate = None if rate is None else distributions.rounded(rate)
                return Dropout(masked[0].name, masked[1].name, rate, source, op.name)
    return None


def _fed(graph, use, random):
    """(placeholder, its first fed number) of an operation's other input, a placeholder or 1 - one.

    ("", None) of any other input.
    """
    other = next(each for each in use.inputs if each.name != random.name)
    op = tensors.through(other).op
    if op.type == "Sub" and tensors.scalar(op.inputs[0]) is not None:
        source, value = _fed(graph, op, op.inputs[0])
        return source, None if value is None else tensors.scalar(op.inputs[0]) - value
    if op.type != "Placeholder":
        return "", None
    tensor = graph.captured.inputs[op.name]["tensor"]
    values = [call.fed()[tensor] for call in graph.captured.calls if tensor in call.feeds]
    if not values or values[0].size != 1:
        return op.name, None
    return op.name, float(tensors.number(values[0].item()))


def _is_unit(graph, tensor):
    drawn = distributions.behind(graph, tensor)
    return drawn is not None and drawn.numbers == {"low": 0.0, "high": 1.0}


def _masked(graph, mask):
    """(input, output) of the product of an input and a mask; either may be divided by keep."""
    reached = {mask.name}
    for _ in range(4):
        for use in mask.consumers():
            if graph.is_backward(use):
                continue
            if use.type in ("Cast", "Identity") or (use.type in ("RealDiv", "Mul")
                                                    and tensors.with_constant(use)):
                mask = use.outputs[0]
                reached.add(mask.name)
                break
            kept = _kept(use, reached)
            if kept is not None:
                return _unscaled(kept), use.outputs[0]
    return None


def _kept(use, masks):
    """Tensor that is multiplied by a mask, or selected where the mask is true; or None."""
    if use.type in ("Select", "SelectV2") and use.inputs[0].name in masks:
        return use.inputs[1] if tensors.scalar(use.inputs[2]) == 0 else None
    others = [each for each in use.inputs if each.name not in masks]
    return others[0] if use.type == "Mul" and others else None


def _unscaled(tensor):
    """Input of a dropout before it is divided by the share that is kept."""
    if tensor.op.type in ("Mul", "RealDiv"):
        for data, scale in (tensor.op.inputs, reversed(tensor.op.inputs)):
            types = {op.type for op in tensors.ancestors([scale])}
            if types <= _SHARES:
                return data
    return tensor
