"""Recognises initialisers of variables: distributions and constants."""

from typing import Dict, NamedTuple

import numpy as np

from parity.reference.reading import distributions
from parity.reference.reading import tensors

# Standard deviation of a standard normal distribution that is truncated at two deviations.
_CUT_DEVIATION = 0.87962566103423978
_PASSING = tensors.PASSING + ("Cast", "Reshape", "Transpose", "ExpandDims", "Merge")
_SCALINGS = ((1.0, "fan_avg", "Glorot"), (2.0, "fan_in", "He"), (1.0, "fan_in", "LeCun"))


class Initial(NamedTuple):
    """Initialiser of a variable.

    Attributes:
      kind: "constant", "uniform", "normal", "truncated normal", "orthogonal", "array", "computed"
        or "unknown".
      numbers: value of a constant; bounds, or mean and stddev, of a distribution.
      scaling: "Glorot", "He" or "LeCun" where the numbers are those of a variance scaling, else "".
      detail: types of the operations of a computed value, else "".
    """
    kind: str
    numbers: Dict[str, float]
    scaling: str = ""
    detail: str = ""


def read(graph, variable):
    """`Initial` of a variable.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      variable: its name.
    """
    entry = graph.variables[variable]
    if not entry["initial"]:
        return Initial("unknown", {})
    try:
        tensor = tensors.through(graph.tensor(entry["initial"]), _PASSING)
    except KeyError:
        return Initial("unknown", {})
    constant = _constant(tensor)
    if constant:
        return constant
    drawn = distributions.behind(graph, tensor)
    if drawn:
        scaling = _scaling(drawn, entry["shape"])
        return Initial(drawn.kind, drawn.numbers, scaling)
    types = {op.type for op in tensors.ancestors([tensor])}
    if "Qr" in types:
        return Initial("orthogonal", {})
    return Initial("computed", {}, "", ", ".join(sorted(types - {"Const"})[:6]))


def _constant(tensor):
    """`Initial` of a constant tensor, of kind "constant" or "array"; None of another."""
    if tensor.op.type == "Fill":
        value = tensors.scalar(tensor.op.inputs[1])
        return None if value is None else Initial("constant", {"value": value})
    value = tensors.constant(tensor)
    if value is None or value.size == 0:
        return None
    if np.ptp(np.asarray(value, np.float64)):
        return Initial("array", {"mean": float(np.mean(value)), "stddev": float(np.std(value))})
    return Initial("constant", {"value": value.ravel()[0].item()})


def fans(shape):
    """(fan in, fan out) of a kernel [..., in, out], or None."""
    if not shape or len(shape) < 2:
        return None
    field = int(np.prod(shape[:-2]))
    return shape[-2] * field, shape[-1] * field


def _scaling(drawn, shape):
    """Name of the variance scaling that a distribution's width agrees with, or ""."""
    if not fans(shape):
        return ""
    fan_in, fan_out = fans(shape)
    if drawn.kind == "uniform" and drawn.numbers["low"] == -drawn.numbers["high"]:
        variance = drawn.numbers["high"] ** 2 / 3.0
    elif drawn.kind == "truncated normal" and not drawn.numbers["mean"]:
        variance = (drawn.numbers["stddev"] * _CUT_DEVIATION) ** 2
    else:
        return ""
    sizes = {"fan_in": fan_in, "fan_avg": (fan_in + fan_out) / 2.0}
    for scale, mode, name in _SCALINGS:
        if abs(variance * sizes[mode] / scale - 1.0) < 1e-5:
            return name
    return ""


def words(initial):
    """Description of an initialiser: "truncated normal, stddev 0.02"."""
    if initial.kind == "constant":
        value = initial.numbers["value"]
        return {0.0: "zeros", 1.0: "ones"}.get(float(value), tensors.number(value))
    if initial.scaling:
        return "{} {}".format(initial.scaling, initial.kind)
    if initial.detail:
        return "computed by {}".format(initial.detail)
    return distributions.words(distributions.Drawn(initial.kind, initial.numbers))
