"""Recognises sparse updates without apply operation: gradient descent and Adam on rows."""

from typing import NamedTuple

from parity.reference.reading import parts
from parity.reference.reading import tensors


class _Decayed(NamedTuple):
    """A slot of a sparse update: its decay, and the gradient that is added to it."""

    decay: float
    gradient: object


def scattered(graph, variable, value):
    """`Parts` of gradient descent on the rows that a batch used: minus rate times gradient."""
    product = tensors.through(value).op
    if product.type == "Neg":
        product = tensors.through(product.inputs[0]).op
    if product.type != "Mul":
        return parts.Parts("hand-written", True, variable, {}, None, {}, value)
    rates = [tensor for tensor in product.inputs
             if not any(map(graph.is_backward, tensors.ancestors([tensor], graph.is_backward)))]
    gradient = value
    if len(rates) == 1:
        gradient = next(tensor for tensor in product.inputs if tensor.name != rates[0].name)
    if gradient.op.type == "Neg" and not graph.is_backward(gradient.op):
        gradient = gradient.op.inputs[0]
    rate = rates[0] if len(rates) == 1 else None
    return parts.Parts("gradient descent", True, variable, {}, rate, {}, gradient)


def adam(graph, variable, value):
    """`Parts` of tf.train.AdamOptimizer on rows, rate * m / (sqrt(v) + epsilon); else None."""
    quotient = tensors.through(value).op
    if quotient.type not in ("RealDiv", "Div"):
        return None
    product, below = (tensors.through(tensor).op for tensor in quotient.inputs)
    added = tensors.with_constant(below) if below.type in tensors.ADDITIONS else None
    root = tensors.through(added.other).op if added else None
    if product.type != "Mul" or root is None or root.type != "Sqrt":
        return None
    slots = {"v": tensors.variable_of(root.inputs[0])}
    moments = [tensors.variable_of(tensor) for tensor in product.inputs]
    slots["m"] = next((name for name in moments if name), None)
    first, second = (_decayed(graph, slots[role]) for role in ("m", "v"))
    if not first or not second:
        return None
    corrected = product.inputs[1 - moments.index(slots["m"])]
    return parts.Parts("Adam", True, variable, slots, uncorrected(corrected),
                       {"beta1": first.decay, "beta2": second.decay,
                        "epsilon": added.number}, first.gradient)


def _decayed(graph, slot):
    """`_Decayed` slot that is decayed as a whole and then added to by rows, or None."""
    decay = gradient = None
    for use in graph.operations if slot else ():
        if use.type not in parts.SCATTERS + parts.WRITES or (
                tensors.variable_of(use.inputs[0]) != slot):
            continue
        product = tensors.through(use.inputs[-1]).op
        scaled = tensors.with_constant(product) if product.type == "Mul" else None
        if scaled and use.type in parts.SCATTERS:
            gradient = scaled.other
        elif scaled:
            decay = scaled.number
    return None if decay is None or gradient is None else _Decayed(decay, gradient)


def uncorrected(tensor):
    """Tensor of the rate in rate * sqrt(1 - beta2 ^ t) / (1 - beta1 ^ t); else the given tensor."""
    op = tensors.through(tensor).op
    product = tensors.through(op.inputs[0]).op if op.type in ("RealDiv", "Div") else op
    if product.type != "Mul":
        return tensor
    for rate, other in (product.inputs, reversed(product.inputs)):
        root = tensors.through(other).op
        if root.type in ("RealDiv", "Div"):  # rate * (sqrt(...) / (...))
            root = tensors.through(root.inputs[0]).op
        if root.type == "Sqrt":
            return rate
    return tensor
