"""Sparse updates of TensorFlow 1 that are no apply operation: gradient descent and Adam on rows."""

from parity.reference.reading import parts
from parity.reference.reading import tensors


def scattered(graph, variable, value):
    """Gradient descent on the rows that a batch used: minus rate times gradient."""
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
    """tf.train.AdamOptimizer on rows: rate * m / (sqrt(v) + epsilon), m and v decayed whole."""
    quotient = tensors.through(value).op
    if quotient.type not in ("RealDiv", "Div"):
        return None
    product, below = (tensors.through(tensor).op for tensor in quotient.inputs)
    added = tensors.with_constant(below) if below.type in tensors.ADDITIONS else None
    root = tensors.through(added[0]).op if added else None
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
                       {"beta1": first[0], "beta2": second[0], "epsilon": added[1]}, first[1])


def _decayed(graph, slot):
    """(decay, gradient) of a slot that is decayed whole and then added to by rows, or None."""
    decay = gradient = None
    for use in graph.operations if slot else ():
        if use.type not in parts.SCATTERS + parts.WRITES or (
                tensors.variable_of(use.inputs[0]) != slot):
            continue
        product = tensors.through(use.inputs[-1]).op
        scaled = tensors.with_constant(product) if product.type == "Mul" else None
        if scaled and use.type in parts.SCATTERS:
            gradient = scaled[0]
        elif scaled:
            decay = scaled[1]
    return None if decay is None or gradient is None else (decay, gradient)


def uncorrected(tensor):
    """The rate itself of rate * sqrt(1 - beta2 ^ t) / (1 - beta1 ^ t)."""
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
