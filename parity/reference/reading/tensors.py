"""Reads tensors of a graph: constants, variables, ancestors, shapes."""

from typing import NamedTuple

import numpy as np
import tensorflow.compat.v1 as tf

from parity import capture
from parity.reference import precision

VARIABLE_TYPES = capture.VARIABLE_TYPES
# Operations that return their first input unchanged.
PASSING = ("CheckNumerics", "Enter", "EnsureShape", "Exit", "Identity", "PreventGradient",
           "ReadVariableOp", "RefEnter", "RefIdentity", "RefSwitch", "Snapshot", "StopGradient",
           "Switch")
SHAPING = ("ExpandDims", "Reshape", "Squeeze", "Transpose")
ADDITIONS = ("Add", "AddV2", "BiasAdd")
MEANS = ("Mean", "Sum")
_UPDATED = ("AssignAdd", "AssignSub", "ScatterAdd", "ScatterSub")  # return the variable
_FOLDED = {"Add": np.add, "AddV2": np.add, "Div": np.divide, "Exp": np.exp,
           "Maximum": np.maximum, "Minimum": np.minimum, "Mul": np.multiply, "Neg": np.negative,
           "Pow": np.power, "RealDiv": np.divide, "Sqrt": np.sqrt, "Square": np.square,
           "Sub": np.subtract}


class WithConstant(NamedTuple):
    """Inputs of an operation on a tensor and a constant: the other tensor, and the number."""

    other: object
    number: float


def through(tensor, types=PASSING):
    """Tensor before operations that return their first input."""
    while tensor.op.type in types and tensor.op.inputs:
        tensor = tensor.op.inputs[0]
    return tensor


def variable_of(tensor, types=PASSING + _UPDATED):
    """Name of the variable whose value a tensor is, or None."""
    op = through(tensor, types).op
    return op.name if op.type in VARIABLE_TYPES else None


def constant(tensor, depth=12):
    """Value of a constant tensor in float64, float32 as the shortest decimals; else None.

    Sums, products and the like of constants are constants, up to `depth` operations deep.
    """
    tensor = through(tensor, PASSING + ("Cast", "PlaceholderWithDefault"))
    op = tensor.op
    if op.type in ("Const", "Fill", "Pack", "Range"):
        value = tf.get_static_value(tensor)
        if value is None or np.asarray(value).dtype.kind not in "fiub":
            return None
        return precision.shortest(value) if value.dtype == np.float32 else np.asarray(value)
    if op.type not in _FOLDED or not depth:
        return None
    values = [constant(each, depth - 1) for each in op.inputs]
    if any(value is None for value in values):
        return None
    return np.asarray(_FOLDED[op.type](*[np.asarray(value, np.float64) for value in values]))


def scalar(tensor):
    """Number of a constant tensor, or None; an array of equal numbers counts."""
    value = constant(tensor)
    if value is None or value.size == 0 or np.ptp(np.asarray(value, np.float64)):
        return None
    return value.ravel()[0].item()


def number(value):
    """Shortest decimal of a number: "1e-08", "0.001", "100"."""
    text = "{:.7g}".format(float(value))
    return text if "e" in text or "." in text or not isinstance(value, float) else text + ".0"


def with_constant(op):
    """`WithConstant` of an operation with one constant scalar input, or None."""
    for given, other in ((0, 1), (1, 0)):
        if len(op.inputs) == 2 and scalar(op.inputs[given]) is not None:
            return WithConstant(op.inputs[other], scalar(op.inputs[given]))
    return None


def ancestors(tensors, stop=lambda op: False, controls=False):
    """Set of operations from which tensors are computed.

    Args:
      tensors: the tensors.
      stop: function (operation) that is true where the walk ends: it is included, its inputs not.
      controls: True to follow control inputs, too.
    """
    return behind([tensor.op for tensor in tensors], stop, controls)


def behind(operations, stop=lambda op: False, controls=False):
    """Set of operations and their ancestors; arguments as for `ancestors`."""
    seen, waiting = set(), list(operations)
    while waiting:
        op = waiting.pop()
        if op in seen:
            continue
        seen.add(op)
        if not stop(op):
            waiting.extend(tensor.op for tensor in op.inputs)
            waiting.extend(op.control_inputs if controls else ())
    return seen


def shape_of(tensor):
    """Shape of a tensor as a list, with None for unknown sizes; None if its rank is unknown."""
    return None if tensor.shape.ndims is None else tensor.shape.as_list()


def keeps_shape(op):
    """True of a Reshape that does not change the shape."""
    if op.type != "Reshape":
        return False
    before, after = shape_of(op.inputs[0]), shape_of(op.outputs[0])
    return bool(before) and before == after and before.count(None) < 2
