"""Writes Keras 3 code for operations without parameters: pooling, shapes, arithmetic."""

import numpy as np

from parity.reference.reading import activations
from parity.reference.reading import tensors

_INFIX = {"Add": "+", "AddV2": "+", "Sub": "-", "Mul": "*", "RealDiv": "/", "Div": "/"}
_PAIRS = {"Maximum": "maximum", "Minimum": "minimum", "Pow": "power",
          "SquaredDifference": None}
_ELEMENTWISE = {"Abs": "abs", "Exp": "exp", "Log": "log", "Neg": "negative", "Rsqrt": "rsqrt",
                "Sqrt": "sqrt", "Square": "square", "StopGradient": "stop_gradient"}
_REDUCTIONS = {"Max": "max", "Mean": "mean", "Min": "min", "Sum": "sum"}


def line(op, value):
    """Keras expression for an operation, or "" where none is certain.

    Args:
      op: an operation of the forward pass without parameters.
      value: function (tensor) -> its name in the Keras code.
    """
    if op.type in _INFIX or op.type in _PAIRS or op.type in ("AddN", "BiasAdd"):
        return _arithmetic(op, value)
    if op.type in _ELEMENTWISE:
        return "keras.ops.{}({})".format(_ELEMENTWISE[op.type], value(op.inputs[0]))
    if op.type in activations.NAMES:
        return _activation(op, value)
    for types, make in _MAKERS:
        if op.type in types:
            return make(op, value)
    return ""


def _operand(op, tensor, value):
    """Literal of a constant, or name of another tensor; None for constant arrays."""
    if tensors.constant(tensor) is None:
        return value(tensor)
    number, shape = tensors.scalar(tensor), tensors.shape_of(tensor)
    others = [tensors.shape_of(each) for each in op.inputs if each.name != tensor.name]
    if number is None or shape is None:
        return None
    if not shape or tensors.shape_of(op.outputs[0]) in others:
        return tensors.number(number)
    # A constant array that broadcasts the other input, once for each example.
    if shape[0] == (tensors.shape_of(op.outputs[0]) or [None])[0] and None not in shape[1:]:
        return "keras.ops.full({}, {})".format((1,) + tuple(shape[1:]), tensors.number(number))
    return None


def _arithmetic(op, value):
    operands = [_operand(op, tensor, value) for tensor in op.inputs]
    if None in operands:
        return ""
    if op.type in _INFIX:
        return "{} {} {}".format(operands[0], _INFIX[op.type], operands[1])
    if op.type in ("AddN", "BiasAdd"):
        return " + ".join(operands)
    name = _PAIRS[op.type]
    return "keras.ops.{}({})".format(name, ", ".join(operands)) if name else (
        "keras.ops.square({} - {})".format(*operands))


def _activation(op, value):
    name = activations.NAMES[op.type]
    if op.type == "LeakyRelu":
        return "keras.layers.LeakyReLU(negative_slope={})({})".format(
            tensors.number(float("{:.7g}".format(op.get_attr("alpha")))), value(op.inputs[0]))
    return 'keras.layers.Activation("{}")({})'.format(name, value(op.inputs[0]))


def _pooling(op, value):
    first = op.get_attr("data_format") in (b"NCHW", b"NCDHW")
    spatial = slice(2, None) if first else slice(1, -1)
    sizes, strides = (tuple(op.get_attr(key)[spatial]) for key in ("ksize", "strides"))
    padding = op.get_attr("padding").decode().lower()
    if padding not in ("same", "valid"):
        return ""
    kind = "MaxPooling" if op.type.startswith("Max") else "AveragePooling"
    return 'keras.layers.{}{}D({}, strides={}, padding="{}"{})({})'.format(
        kind, len(sizes), sizes, strides, padding,
        ', data_format="channels_first"' if first else "", value(op.inputs[0]))


def _reshape(op, value):
    """Flatten or Reshape of each example; keras.ops.reshape where examples are merged."""
    before, after = tensors.shape_of(op.inputs[0]), tensors.shape_of(op.outputs[0])
    if before and after and None not in before[1:] + after[1:] and (
            np.prod(before[1:]) == np.prod(after[1:])):
        if len(after) == 2 and len(before) > 2:
            return "keras.layers.Flatten()({})".format(value(op.inputs[0]))
        return "keras.layers.Reshape({})({})".format(tuple(after[1:]), value(op.inputs[0]))
    tail = _tail(op)
    if tail:
        made = "Flatten()" if tail == (-1,) else "Reshape({})".format(tail)
        return "keras.layers.{}({})".format(made, value(op.inputs[0]))
    target = tensors.constant(op.inputs[1])
    if target is None:
        return ""
    return "keras.ops.reshape({}, {})".format(
        value(op.inputs[0]), tuple(int(size) for size in target))


def _tail(op):
    """Shape of an example, where the new shape is the batch size and constants; else ()."""
    shape = tensors.through(op.inputs[1]).op
    if shape.type != "Pack" or tensors.scalar(shape.inputs[0]) not in (None, -1):
        return ()
    if len(shape.inputs) == 2 and tensors.scalar(shape.inputs[0]) == -1:
        return (-1,) if _is_rest(shape.inputs[1], op.inputs[0]) else ()
    sizes = {each.type for each in tensors.ancestors([shape.inputs[0]], lambda each: (
        each.type == "Shape" and each.inputs[0].name == op.inputs[0].name))}
    tail = tuple(map(tensors.scalar, list(shape.inputs)[1:]))
    return tail if sizes <= {"StridedSlice", "Shape", "Const"} and None not in tail else ()


def _is_rest(tensor, given):
    """True where a number is the product of a tensor's sizes from the second on, as in Keras 2."""
    ops = tensors.ancestors([tensor], lambda op: op.type == "Shape")
    shapes = [op for op in ops if op.type == "Shape"]
    starts = [tensors.constant(op.inputs[1]) for op in ops if op.type == "StridedSlice"]
    return {op.type for op in ops} <= {"Const", "Prod", "Shape", "StridedSlice"} and len(
        shapes) == len(starts) == 1 and shapes[0].inputs[0].name == given.name and (
            starts[0] is not None and starts[0].tolist() == [1])


def _squeeze(op, value):
    axes = [int(axis) for axis in op.get_attr("squeeze_dims")]
    return "keras.ops.squeeze({}, axis={})".format(value(op.inputs[0]), tuple(axes)) if (
        axes) else ""


def _expand(op, value):
    axis = tensors.scalar(op.inputs[1])
    return "" if axis is None else "keras.ops.expand_dims({}, axis={})".format(
        value(op.inputs[0]), int(axis))


def _transpose(op, value):
    order = tensors.constant(op.inputs[1])
    return "" if order is None else "keras.ops.transpose({}, {})".format(
        value(op.inputs[0]), tuple(int(axis) for axis in order))


def _concat(op, value):
    axis = tensors.scalar(op.inputs[len(op.inputs) - 1])
    parts = list(op.inputs)[:-1]
    if axis is None or any(tensors.constant(part) is not None for part in parts):
        return ""
    return "keras.layers.Concatenate(axis={})([{}])".format(
        int(axis), ", ".join(value(part) for part in parts))


def _reduce(op, value):
    axes = tensors.constant(op.inputs[1])
    if axes is None:
        return ""
    axes = tuple(int(axis) for axis in np.ravel(axes))
    return "keras.ops.{}({}, axis={}, keepdims={})".format(
        _REDUCTIONS[op.type], value(op.inputs[0]), axes, bool(op.get_attr("keep_dims")))


def _pad(op, value):
    widths = tensors.constant(op.inputs[1])
    if widths is None:
        return ""
    mode = "constant" if op.type == "Pad" else op.get_attr("mode").decode().lower()
    return 'keras.ops.pad({}, {}, mode="{}")'.format(
        value(op.inputs[0]), tuple(tuple(int(each) for each in row) for row in widths), mode)


def _cast(op, value):
    return 'keras.ops.cast({}, "{}")'.format(value(op.inputs[0]), op.outputs[0].dtype.name)


def _one_hot(op, value):
    depth, on, off = (tensors.scalar(tensor) for tensor in list(op.inputs)[1:4])
    if depth is None or (on, off) != (1, 0):
        return ""
    return "keras.ops.one_hot({}, {})".format(value(op.inputs[0]), int(depth))


def _matmul(op, value):
    """Product of two tensors; "" where one is a variable, which a layer holds."""
    if any(tensors.variable_of(given) for given in op.inputs):
        return ""
    flags = ("transpose_a", "transpose_b") if op.type == "MatMul" else ("adj_x", "adj_y")
    return "keras.ops.matmul({})".format(", ".join(
        "keras.ops.swapaxes({}, -1, -2)".format(value(given)) if op.get_attr(flag) else value(given)
        for given, flag in zip(op.inputs, flags)))


def _take(op, value):
    axis = tensors.scalar(op.inputs[2])
    return "" if axis is None or op.get_attr("batch_dims") or tensors.variable_of(
        op.inputs[0]) else "keras.ops.take({}, {}, axis={})".format(
            value(op.inputs[0]), value(op.inputs[1]), int(axis))


def _slice(op, value):
    """Slice by constant bounds, x[:, 0:1]; "" of others."""
    bounds = [tensors.constant(given) for given in list(op.inputs)[1:4]]
    masks = {name: op.get_attr(name + "_mask") for name in (
        "begin", "end", "ellipsis", "new_axis", "shrink_axis")}
    if masks["ellipsis"] or masks["new_axis"] or any(bound is None for bound in bounds):
        return ""
    parts = []
    for axis, (begin, end, step) in enumerate(zip(*(bound.tolist() for bound in bounds))):
        if masks["shrink_axis"] >> axis & 1:
            parts.append(str(begin))
            continue
        parts.append("{}:{}{}".format(*(
            "" if masks[name] >> axis & 1 else number
            for name, number in (("begin", begin), ("end", end))), "" if step == 1 else (
                ":{}".format(step))))
    return "{}[{}]".format(value(op.inputs[0]), ", ".join(parts))


_MAKERS = ((("MaxPool", "AvgPool", "MaxPool3D", "AvgPool3D"), _pooling), (("Reshape",), _reshape),
           (("Squeeze",), _squeeze), (("ExpandDims",), _expand), (("Transpose",), _transpose),
           (("ConcatV2",), _concat), (tuple(_REDUCTIONS), _reduce), (("Pad", "MirrorPad"), _pad),
           (("Cast",), _cast), (("OneHot",), _one_hot), (("StridedSlice",), _slice),
           (("MatMul", "BatchMatMul", "BatchMatMulV2"), _matmul), (("GatherV2",), _take))
