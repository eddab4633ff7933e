"""Recognises distributions: a random operation, and the scaling that follows it."""

from typing import Dict, NamedTuple

from parity.reference.reading import tensors


class Drawn(NamedTuple):
    """A distribution: its kind, and its numbers: low and high, or mean and stddev."""
    kind: str
    numbers: Dict[str, float]


def behind(graph, tensor):
    """`Drawn` of a tensor that is a scaled and shifted random operation; None of any other.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: the tensor.
    """
    op, shift, factor = tensor.op, 0.0, 1.0
    if op.type in tensors.ADDITIONS and tensors.with_constant(op):
        tensor, shift = tensors.with_constant(op)
        op = tensors.through(tensor).op
    while op.type == "Mul" and tensors.with_constant(op):
        tensor, scale = tensors.with_constant(op)
        factor, op = factor * scale, tensors.through(tensor).op
    kind = graph.distribution(op)
    if kind is None:
        return None
    if kind == "uniform":
        ends = sorted((shift, rounded(shift + factor)))
        return Drawn(kind, {"low": ends[0], "high": ends[1]})
    if kind in ("normal", "truncated normal"):
        return Drawn(kind, {"mean": shift, "stddev": factor})
    return Drawn(kind, {})


def words(drawn):
    """Description of a distribution: "uniform from -1.0 to 1.0", "normal, stddev 0.02"."""
    numbers = {name: tensors.number(value) for name, value in drawn.numbers.items()}
    if "low" in numbers:
        return "{} from {} to {}".format(drawn.kind, numbers["low"], numbers["high"])
    mean = ", mean " + numbers["mean"] if drawn.numbers.get("mean") else ""
    return drawn.kind + mean + (", stddev " + numbers["stddev"] if "stddev" in numbers else "")


def rounded(value):
    """Number rounded to 12 digits, which removes rounding of float64 sums."""
    return float("{:.12g}".format(value))


def scaled(graph, op):
    """Tensor after the scaling of a random operation, as -1 + 2 * uniform."""
    tensor = op.outputs[0]
    for types in (("Mul",), ("Add", "AddV2")):
        for use in tensor.consumers():
            if use.type in types and tensors.with_constant(use):
                tensor = use.outputs[0]
                break
    return tensor
