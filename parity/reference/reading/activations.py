"""Recognises activations, the elementwise functions that follow a layer."""

from typing import NamedTuple, Optional

from parity.reference.reading import tensors

NAMES = {"Relu": "relu", "Relu6": "relu6", "Elu": "elu", "Selu": "selu", "Tanh": "tanh",
         "Sigmoid": "sigmoid", "Softplus": "softplus", "Softsign": "softsign",
         "Softmax": "softmax", "LogSoftmax": "log_softmax", "LeakyRelu": "leaky_relu"}

# {operation in a GELU: its name, and numbers that stand in its formula}
_GELUS = {"Erf": ("gelu", (0.5, 1.0)), "Tanh": ("gelu_by_tanh", (0.5, 1.0, 0.044715))}
# Products of a GELU's factors, x, a half and 1 + erf(...), that end it.
_PRODUCTS = 3


class Activation(NamedTuple):
    """An activation.

    Attributes:
      name: "relu", "leaky_relu", "gelu", "gelu_by_tanh", ... or "" for none.
      slope: slope below zero of a leaky ReLU, else None.
      output: name of the tensor after it.
      alone: True where nothing else uses the tensor before it.
    """
    name: str
    slope: Optional[float]
    output: str
    alone: bool


class _Multiple(NamedTuple):
    """A multiple of a tensor, `of` "x", or of its absolute value, "|x|"."""

    of: str
    factor: float


def after(graph, tensor, forward):
    """`Activation` that follows a tensor; its name is "" where none does.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: a layer's output.
      forward: operations of the forward pass; others that use the tensor do not count.
    """
    uses = [use for use in tensor.consumers() if use in forward]
    joined = _leaky(tensor, uses) or _self_gated(tensor, uses) or _gelu(
        graph, tensor, uses)
    if joined:
        return joined
    for use in sorted(uses, key=graph.order):
        if use.type in NAMES:
            slope = float("{:.7g}".format(use.get_attr("alpha"))) if (
                use.type == "LeakyRelu") else None
            return Activation(NAMES[use.type], slope, use.outputs[0].name, len(uses) == 1)
    return Activation("", None, tensor.name, True)


def _leaky(tensor, uses):
    """`Activation` of maximum(x, slope * x), or of a * x + b * |x|; else None."""
    ends = {id(use): use for each in uses for output in each.outputs
            for use in output.consumers() + [each] if use.type in ("Maximum", "Add", "AddV2")}
    for end in ends.values():
        sides = [tensors.through(side) for side in end.inputs]
        factors = [_factor(side, tensor) for side in sides]
        if None in factors:
            continue
        linear = {kind: factor for kind, factor in factors}
        if end.type == "Maximum" and factors[0].of == factors[1].of == "x":
            slopes = sorted(factor for _, factor in factors)
            if slopes[1] == 1.0 and 0 < slopes[0] < 1:
                return Activation("leaky_relu", slopes[0], end.outputs[0].name, True)
        if end.type != "Maximum" and set(linear) == {"x", "|x|"} and (
                abs(linear["x"] + linear["|x|"] - 1.0) < 1e-6):
            slope = float("{:.7g}".format(linear["x"] - linear["|x|"]))
            return Activation("leaky_relu", slope, end.outputs[0].name, True)
    return None


def _factor(side, tensor):
    """`_Multiple` of a tensor or of its absolute value, or None."""
    factor = 1.0
    if side.op.type == "Mul" and tensors.with_constant(side.op):
        side, factor = tensors.with_constant(side.op)
        side = tensors.through(side)
    if side.op.type == "Abs" and side.op.inputs[0].name == tensor.name:
        return _Multiple("|x|", factor)
    return _Multiple("x", factor) if side.name == tensor.name else None


def _self_gated(tensor, uses):
    """`Activation` of x * sigmoid(x); else None."""
    for use in uses:
        others = [each for each in use.inputs if each.name != tensor.name]
        if use.type == "Mul" and len(others) == 1 and others[0].op.type == "Sigmoid" and (
                others[0].op.inputs[0].name == tensor.name):
            return Activation("swish", None, use.outputs[0].name, True)
    return None


def _gelu(graph, tensor, uses):
    """`Activation` of x / 2 * (1 + erf(x / sqrt(2))) or of its approximation by tanh; or None."""
    for end in uses:
        for _ in range(_PRODUCTS):
            name = _gelu_of(tensor, end) if end.type == "Mul" else ""
            if name:
                return Activation(name, None, end.outputs[0].name, True)
            following = [use for output in end.outputs for use in output.consumers()
                         if use.type == "Mul" and not graph.is_backward(use)]
            if len(following) != 1:
                break
            end, = following
    return None


def _gelu_of(tensor, end):
    """Name of the GELU that an operation gives of a tensor, or ""."""
    inside, waiting = {}, [end]
    while waiting:
        op = waiting.pop()
        if op.name not in inside:
            inside[op.name] = op
            waiting.extend(given.op for given in op.inputs if given.name != tensor.name)
    numbers = [tensors.scalar(op.outputs[0]) for op in inside.values() if not op.inputs]
    if None in numbers:  # a variable or an array
        return ""
    return next((name for kind, (name, needed) in _GELUS.items()
                 if any(op.type == kind for op in inside.values()) and all(
                     any(abs(number - each) < 1e-6 for number in numbers) for each in needed)), "")
