"""Recognises kinds of layers by the operation that uses a kernel."""

from typing import Dict, NamedTuple

from parity.reference import loops
from parity.reference.reading import tensors

_CONVOLUTIONS = {"Conv2D": "convolution", "Conv3D": "convolution",
                 "Conv2DBackpropInput": "transposed convolution",
                 "Conv3DBackpropInputV2": "transposed convolution",
                 "DepthwiseConv2dNative": "depthwise convolution"}
_PRODUCTS = ("MatMul", "BatchMatMul", "BatchMatMulV2", "SparseTensorDenseMatMul", "SparseMatMul")
_LOOKUPS = ("Gather", "GatherV2", "ResourceGather", "SparseSegmentMean", "SparseSegmentSum",
            "SparseSegmentSqrtN")
_ROWS = tensors.PASSING + ("Reshape", "Cast")
# Kinds to which a bias can belong.
BIASED = ("dense", "convolution", "transposed convolution", "depthwise convolution", "LSTM cell",
          "GRU cell (gates)", "GRU cell (candidate)", "RNN cell")


class Part(NamedTuple):
    """Part of a variable in a layer.

    Attributes:
      key: name that the variables of one layer share.
      kind, role: as in `layers.Layer`.
      settings: settings of the kind, as in `layers.Layer`.
      uses: number of operations of this kind that use it.
      input, output: names of tensors.
      operation: name of the first operation that uses it.
    """
    key: str
    kind: str
    role: str
    settings: Dict[str, object]
    uses: int
    input: str
    output: str
    operation: str


def read(graph, name, uses):
    """`Part` of a variable.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      name: the variable.
      uses: operations of the forward pass that use it, in order.
    """
    makers = {kind: make for kinds, make in (
        (_CONVOLUTIONS, _convolution), (_PRODUCTS, _dense), (_LOOKUPS, _embedding),
        (tensors.ADDITIONS, _bias)) for kind in kinds}
    for op in uses:
        if op.type in makers:
            return makers[op.type](graph, name, [
                each for each in uses if makers.get(each.type) is makers[op.type]])
    types = sorted({op.type for op in uses})
    if not uses:
        return Part(name, "other", "variable", {"used_by": "nothing that was captured"}, 0, "",
                    graph.graph.get_operation_by_name(name).outputs[0].name, name)
    return Part(name, "other", "variable", {"used_by": ", ".join(types)}, len(uses), "",
                uses[0].outputs[0].name, uses[0].name)


def _data(op, name):
    """Input of an operation that is not the variable."""
    for tensor in op.inputs:
        behind = tensors.variable_of(tensor, tensors.PASSING + tensors.SHAPING + ("Cast",))
        if behind != name:
            return tensor
    return op.inputs[0]


def _convolution(graph, name, ops):
    op = ops[0]
    attributes = {key: op.get_attr(key) for key in ("strides", "padding", "data_format",
                                                   "dilations") if key in op.node_def.attr}
    settings = {key: value.decode() if isinstance(value, bytes) else list(value)
                for key, value in attributes.items()}
    settings["data_format"] = settings.get("data_format", "NHWC")
    if settings.get("padding") == "EXPLICIT":
        settings["explicit_paddings"] = list(op.get_attr("explicit_paddings"))
    spatial = slice(2, None) if settings["data_format"].startswith("NC") else slice(1, -1)
    settings["strides"] = settings["strides"][spatial]
    settings["dilations"] = settings.get("dilations", [1] * 4)[spatial]
    backward = op.type.endswith(("BackpropInput", "BackpropInputV2"))
    data = op.inputs[2 if backward else 0]
    if backward:
        settings["output_shape"] = tensors.shape_of(op.outputs[0])
    output = op.outputs[0]
    if len(graph.variables[name]["shape"] or []) == 3:  # tf.nn.conv1d adds and removes an axis
        settings.update(strides=settings["strides"][-1:], dilations=settings["dilations"][-1:])
        data = tensors.through(data, ("ExpandDims",))
        output = _next(output, "Squeeze", op.name.rpartition("/")[0])
    return Part(op.name, _CONVOLUTIONS[op.type], "kernel", settings, len(ops), data.name,
                output.name, op.name)


def _next(tensor, kind, scope):
    """Output of the operation of a kind and scope that takes a tensor; the tensor if none does."""
    found = [use.outputs[0] for use in tensor.consumers()
             if use.type == kind and use.name.startswith(scope)]
    return (found or [tensor])[0]


def _dense(graph, name, ops):
    op = ops[0]
    second = tensors.variable_of(op.inputs[-1], tensors.PASSING + tensors.SHAPING
                                   + ("Cast",)) == name
    flag = "transpose_b" if second else "transpose_a"
    settings = {"transposed": True} if flag in op.node_def.attr and op.get_attr(flag) else {}
    rows = tensors.through(_data(op, name), _ROWS).op
    if rows.type == "OneHot" and not settings:
        return Part(op.name, "embedding", "embeddings", {}, len(ops), rows.inputs[0].name,
                    op.outputs[0].name, op.name)
    data, output, scope = _data(op, name), op.outputs[0], op.name.rpartition("/")[0]
    if scope.endswith("Tensordot"):  # rows in a matrix, and back
        data = tensors.through(data, ("Reshape", "Transpose", "Identity"))
        output = _next(output, "Reshape", scope)
    return Part(op.name, "dense", "kernel", settings, len(ops), data.name, output.name, op.name)


def _embedding(graph, name, ops):
    settings = {} if "Gather" in ops[0].type else {"combiner": ops[0].type}
    return Part(ops[0].name, "embedding", "embeddings", settings, len(ops), ops[0].inputs[1].name,
                ops[0].outputs[0].name, ops[0].name)


def _bias(graph, name, ops):
    return Part(ops[0].name, "bias", "bias", {}, len(ops), _data(ops[0], name).name,
                ops[0].outputs[0].name, ops[0].name)


# ---- Recurrent cells: a product of [input, state], and the gates that follow ----------------


def recurrent(graph, layer, output):
    """`Layer` with the kind of its recurrent cell, where a dense layer is part of one.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      layer: a `layers.Layer`.
      output: its output tensor.
    """
    data = graph.graph.get_tensor_by_name(layer.input) if layer.input else None
    if layer.kind != "dense" or data.op.type not in ("ConcatV2", "Concat") or not layer.shape:
        return layer
    uses = [use for use in output.consumers() if not graph.is_backward(use)]
    kinds = {use.type: use for use in uses}
    if "Split" in kinds and kinds["Split"].get_attr("num_split") == 4:
        return layer._replace(kind="LSTM cell", settings=dict(
            layer.settings, units=layer.shape[1] // 4,
            forget_bias=_forget_bias(kinds["Split"])))
    split = [use for each in uses if each.type == "Sigmoid"
             for use in each.outputs[0].consumers() if use.type == "Split"]
    if split and split[0].get_attr("num_split") == 2:
        return layer._replace(kind="GRU cell (gates)", settings=dict(
            layer.settings, units=layer.shape[1] // 2))
    return _simple_cell(graph, layer, kinds) if "Tanh" in kinds else layer


def _simple_cell(graph, layer, kinds):
    """`Layer` of a repeated tanh([input, state] * kernel): an RNN cell, or a GRU's candidate."""
    if layer.uses < 2 and layer.operation not in loops.inside(graph.graph):
        return layer
    candidate = any(use.type == "Mul" for use in kinds["Tanh"].outputs[0].consumers()
                    if not graph.is_backward(use))
    return layer._replace(kind="GRU cell (candidate)" if candidate else "RNN cell",
                          settings=dict(layer.settings, units=layer.shape[1]))


def _forget_bias(split):
    """Constant that TensorFlow 1 adds to the forget gate, the third of i, j, f, o."""
    for use in split.outputs[2].consumers():
        if use.type in tensors.ADDITIONS and tensors.with_constant(use):
            return tensors.with_constant(use).number
    return 0.0
