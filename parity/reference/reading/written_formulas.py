"""Recognises Adam and momentum in plain operations, as Keras 2 and BERT write them."""

from typing import NamedTuple

from parity.reference.reading import parts
from parity.reference.reading import sparse_updates
from parity.reference.reading import tensors
from parity.reference.reading import written_numbers

_DIVISIONS = ("RealDiv", "Div")
# Operations that bound the argument of a square root.
_BOUNDED = ("Maximum", "Minimum", "ClipByValue")


class _Mixture(NamedTuple):
    """A moment decay * slot + (1 - decay) * value: decay, name of the slot, tensor of the value."""

    decay: float
    slot: str
    value: object


def adam(graph, op, variable, value):
    """`Parts` of variable - rate * (m / (sqrt(v) + epsilon) + decay * variable), or None.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      op: the operation that writes the variable.
      variable: its name.
      value: the tensor that is written or subtracted.
    """
    rate, quotient = _scaled_step(op, variable, value)
    constants = {}
    if quotient is not None and quotient.type in tensors.ADDITIONS:
        quotient = _without_decay(graph, variable, quotient, constants)
    moments = None if quotient is None else _moments(graph, quotient)
    if moments is None:
        return None
    first, second, epsilon = moments
    constants.update(beta1=first.decay, beta2=second.decay, epsilon=epsilon)
    given = sparse_updates.uncorrected(rate)
    kind = "hand-written Adam" + ("" if given.name != rate.name else " without bias correction")
    slots = {"m": first.slot, "v": second.slot}
    return parts.Parts(kind, False, variable, slots, given, constants, first.value)


def applied_rate(op, variable, value):
    """Tensor by which `adam` multiplies its step, with a bias correction if there is one.

    Arguments as for `adam`, of an update that it recognises.
    """
    return _scaled_step(op, variable, value)[0]


def _scaled_step(op, variable, value):
    """(rate, operation of the quotient) of an update; (None, None) of another one."""
    step = value if op.type.startswith("AssignSub") else _subtracted(variable, value)
    return (None, None) if step is None else _quotient(step)


def _subtracted(variable, value):
    """Tensor that is subtracted from a variable in the value that it is assigned, or None."""
    op = tensors.through(value).op
    if op.type == "Sub" and tensors.variable_of(op.inputs[0]) == variable:
        return op.inputs[1]
    return None


def _quotient(step):
    """(rate, operation) of rate * quotient, or of rate * m / root; (None, None) for others."""
    op = tensors.through(step).op
    if op.type == "Mul":
        for rate, other in (op.inputs, reversed(op.inputs)):
            inner = tensors.through(other).op
            if inner.type in _DIVISIONS + tensors.ADDITIONS and (
                    tensors.scalar(other) is None and other.shape.ndims != 0):
                return rate, inner
    if op.type in _DIVISIONS and tensors.through(op.inputs[0]).op.type == "Mul":
        first, second = tensors.through(op.inputs[0]).op.inputs
        return (first if first.shape.ndims == 0 else second), op
    return None, None


def _without_decay(graph, variable, total, constants):
    """Other term of a sum with a multiple of the variable, whose factor is added to constants."""
    for decayed, other in (total.inputs, reversed(total.inputs)):
        found = written_numbers.scaled(graph, decayed)
        if found and tensors.variable_of(found.other) == variable:
            constants["weight_decay"] = found.number
            return tensors.through(other).op
    return None


def _moments(graph, quotient):
    """(`_Mixture` of m, `_Mixture` of v, epsilon) of m / (sqrt(v) + epsilon), or None."""
    if quotient.type not in _DIVISIONS:
        return None
    above, below = (tensors.through(tensor).op for tensor in quotient.inputs)
    if above.type == "Mul":  # rate * m
        above = next((each for each in (tensors.through(tensor).op for tensor in above.inputs)
                      if each.type in tensors.ADDITIONS), above)
    added = tensors.with_constant(below) if below.type in tensors.ADDITIONS else None
    root = tensors.through(added.other).op if added else None
    if root is None or root.type != "Sqrt":
        return None
    squares = tensors.through(root.inputs[0], tensors.PASSING + _BOUNDED).op
    first, second = _mixed(graph, above), _mixed(graph, squares)
    return (first, second, added.number) if first and second else None


def _mixed(graph, op):
    """`_Mixture` of decay * slot + (1 - decay) * value, or None."""
    if op.type not in tensors.ADDITIONS:
        return None
    scaled = [written_numbers.scaled(graph, tensor) for tensor in op.inputs]
    for old, new in (scaled, reversed(scaled)):
        slot = tensors.variable_of(old.other) if old else None
        if slot and new:
            return _Mixture(old.number, slot, new.other)
    return None


def momentum(graph, op, variable, value):
    """`Parts` of variable + v, v = momentum * v - rate * gradient; None of another update.

    Args:
      graph, op, variable, value: as for `adam`.
    """
    total = tensors.through(value).op
    if op.type.startswith("Assign") and total.type in tensors.ADDITIONS and (
            tensors.variable_of(total.inputs[0]) == variable):
        value = total.inputs[1]
    velocity = tensors.through(value).op
    if velocity.type != "Sub":
        return None
    kept = written_numbers.scaled(graph, velocity.inputs[0])
    slot = tensors.variable_of(kept.other) if kept else None
    product = tensors.through(velocity.inputs[1]).op
    if not slot or slot == variable or product.type != "Mul":
        return None
    rate, gradient = product.inputs if product.inputs[0].shape.ndims == 0 else (
        reversed(product.inputs))
    return parts.Parts("hand-written Momentum that accumulates the rate", False, variable,
                       {"accum": slot}, rate, {"momentum": kept.number}, gradient)
