"""Questions about tensors of a graph: constants, variables, ancestors, shapes."""

import numpy as np
import tensorflow.compat.v1 as tf

from parity import capture
from parity.reference import precision

VARIABLE_TYPES = capture.VARIABLE_TYPES
# What hands its first input on unchanged.
PASSING = ("CheckNumerics", "Enter", "EnsureShape", "Exit", "Identity", "PreventGradient",
           "ReadVariableOp", "RefEnter", "RefIdentity", "RefSwitch", "Snapshot", "StopGradient",
           "Switch")
SHAPING = ("ExpandDims", "Reshape", "Squeeze", "Transpose")
ADDITIONS = ("Add", "AddV2", "BiasAdd")
MEANS = ("Mean", "Sum")
_UPDATED = ("AssignAdd", "AssignSub", "ScatterAdd", "ScatterSub")  # give the variable again
_FOLDED = {"Add": np.add, "AddV2": np.add, "Div": np.divide, "Exp": np.exp,
           "Maximum": np.maximum, "Minimum": np.minimum, "Mul": np.multiply, "Neg": np.negative,
           "Pow": np.power, "RealDiv": np.divide, "Sqrt": np.sqrt, "Square": np.square,
           "Sub": np.subtract}


def through(tensor, types=PASSING):
    """The tensor behind operations that hand their first input on."""
    while tensor.op.type in types and tensor.op.inputs:
        tensor = tensor.op.inputs[0]
    return tensor


def variable_of(tensor, types=PASSING + _UPDATED):
    """Name of the variable whose value a tensor is, or None."""
    op = through(tensor, types).op
    return op.name if op.type in VARIABLE_TYPES else None


def constant(tensor, depth=12):
    """A constant tensor's value in float64, float32 as the shortest decimals; else None.

    Sums, products and the like of constants are constants.
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
    """A constant tensor's one number, or None; an array of equal numbers counts."""
    value = constant(tensor)
    if value is None or value.size == 0 or np.ptp(np.asarray(value, np.float64)):
        return None
    return value.ravel()[0].item()


def number(value):
    """A number as its shortest decimal: "1e-08", "0.001", "100"."""
    text = "{:.7g}".format(float(value))
    return text if "e" in text or "." in text or not isinstance(value, float) else text + ".0"


def with_constant(op):
    """(the other input, the number) of an operation with one constant scalar input, or None."""
    for given, other in ((0, 1), (1, 0)):
        if len(op.inputs) == 2 and scalar(op.inputs[given]) is not None:
            return op.inputs[other], scalar(op.inputs[given])
    return None


def ancestors(tensors, stop=lambda op: False, controls=False):
    """Operations that tensors are computed from; those where `stop` holds end the walk.

    Args:
      tensors: where the walk starts.
      stop: function of an operation: whether what lies behind it is left out.
      controls: whether control inputs count.
    """
    return behind([tensor.op for tensor in tensors], stop, controls)


def behind(operations, stop=lambda op: False, controls=False):
    """Operations and all that they wait for; see `ancestors`."""
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
    """A tensor's shape as a list with None for open sizes; None if its rank is open."""
    return None if tensor.shape.ndims is None else tensor.shape.as_list()


def keeps_shape(op):
    """Whether an operation is a change of shape to the shape that there is already."""
    if op.type != "Reshape":
        return False
    before, after = shape_of(op.inputs[0]), shape_of(op.outputs[0])
    return bool(before) and before == after and before.count(None) < 2
