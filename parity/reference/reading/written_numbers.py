"""Reads numbers of a hand-written optimiser: constants, or scalar variables."""

from parity.reference.reading import tensors


def number(graph, tensor, depth=6):
    """Value of a scalar tensor in the first captured call, or None.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: a constant, a scalar variable, or a difference or product of such.
      depth: largest number of nested operations.
    """
    value = tensors.scalar(tensor)
    if value is not None or tensor.shape.ndims != 0 or not depth:
        return value
    name = tensors.variable_of(tensor)
    if name:
        first = graph.first_value(name)
        return None if first is None else float(tensors.number(first.item()))
    op = tensors.through(tensor).op
    parts = [number(graph, each, depth - 1) for each in op.inputs]
    if op.type not in ("Mul", "Sub") or len(parts) != 2 or None in parts:
        return None
    value = parts[0] * parts[1] if op.type == "Mul" else parts[0] - parts[1]
    return float("{:.9g}".format(value))


def scaled(graph, tensor):
    """`tensors.WithConstant` of a product with a number, or None."""
    op = tensors.through(tensor).op
    if op.type == "Mul":
        for factor, other in (op.inputs, reversed(op.inputs)):
            value = number(graph, factor)
            if value is not None:
                return tensors.WithConstant(other, value)
    return None
