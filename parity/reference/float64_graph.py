"""Rewrites a graph to float64, except for operations that have no float64 kernel."""

import collections
import functools

import tensorflow.compat.v1 as tf
from tensorflow.python.framework import kernels
from tensorflow.python.framework import op_def_registry

from parity import capture
from parity.reference import formulas
from parity.reference import precision

_FLOAT = tf.float32.as_datatype_enum
_DOUBLE = tf.float64.as_datatype_enum
# Operations that stay: random ones draw other numbers in float64, and bits are not numbers.
_KEPT_TYPES = capture.RANDOM_TYPES + ("Bitcast", "DecodeRaw", "StatelessRandomUniform",
                                      "StatelessRandomNormal", "StatelessTruncatedNormal",
                                      "StatelessRandomUniformV2", "StatelessRandomNormalV2",
                                      "StatelessTruncatedNormalV2")

Rewritten = collections.namedtuple("Rewritten", "graph_def islands renamed")
Rewritten.__doc__ = """A graph in float64.

Attributes:
  graph_def: the graph.
  islands: names of operations that stay in float32.
  renamed: `{"node:index": operation}` of outputs that a formula computes.
"""


def op_definition(name):
    """OpDef of an operation type, or None where this TensorFlow does not know it."""
    if hasattr(op_def_registry, "get"):
        return op_def_registry.get(name)
    return op_def_registry.get_registered_ops().get(name)


@functools.lru_cache(maxsize=None)
def _kernels_of(operation):
    """CPU kernels of an operation type, cached, since a look-up takes milliseconds."""
    return [kernel for kernel in kernels.get_registered_kernels_for_op(operation).kernel
            if kernel.device_type == "CPU"]


def _has_kernel(node, definition):
    """True where a node has a kernel with float64 in place of each float32 type."""
    floats = {attribute.name for attribute in definition.attr
              if node.attr[attribute.name].type == _FLOAT and attribute.type == "type"}
    for attribute in definition.attr:
        allowed = attribute.allowed_values.list.type
        if attribute.name in floats and allowed and _DOUBLE not in allowed:
            return False
    found = _kernels_of(node.op)
    return not found or not floats or any(
        all(_DOUBLE in constraint.allowed_values.list.type for constraint in kernel.constraint
            if constraint.name in floats) for kernel in found)


def _types(node, arguments):
    """Types of a node's inputs or outputs, in order."""
    types = []
    for argument in arguments:
        if argument.type_list_attr:
            types.extend(node.attr[argument.type_list_attr].list.type)
            continue
        kind = argument.type or node.attr[argument.type_attr].type
        types.extend([kind] * (node.attr[argument.number_attr].i if argument.number_attr else 1))
    return types


def _complete(node, definition):
    """Adds default values of attributes that a stripped graph leaves out."""
    for attribute in definition.attr:
        if attribute.name not in node.attr and attribute.HasField("default_value"):
            node.attr[attribute.name].CopyFrom(attribute.default_value)


def _widen(attributes, read):
    """Changes the float32 types of a node to float64, and its constant as `read` converts it."""
    for attribute in attributes.values():
        if attribute.type == _FLOAT:
            attribute.type = _DOUBLE
        for index, kind in enumerate(attribute.list.type):
            if kind == _FLOAT:
                attribute.list.type[index] = _DOUBLE
        if attribute.HasField("tensor") and attribute.tensor.dtype == _FLOAT:
            value = read(tf.make_ndarray(attribute.tensor))
            attribute.tensor.CopyFrom(tf.make_tensor_proto(value, tf.float64))


def _widen_library(library, read):
    for function in library.function:
        for argument in list(function.signature.input_arg) + list(function.signature.output_arg):
            if argument.type == _FLOAT:
                argument.type = _DOUBLE
        draws = [node for node in function.node_def
                 if node.op in _KEPT_TYPES and node.attr["dtype"].type == _FLOAT]
        for node in function.node_def:
            if node not in draws:
                _widen(node.attr, read)
        for node in draws:
            _cast_draw(function, node)


def _cast_draw(function, draw):
    """Casts random draws of a function, which stay in float32, to float64 for their users."""
    old, new = draw.name + ":output:0", draw.name + "/precision:y:0"
    for node in function.node_def:
        node.input[:] = [new if name == old else name for name in node.input]
    for name, value in function.ret.items():
        function.ret[name] = new if value == old else value
    cast = function.node_def.add(name=draw.name + "/precision", op="Cast", input=[old])
    cast.attr["SrcT"].type, cast.attr["DstT"].type = _FLOAT, _DOUBLE


def _split(name):
    """(node name, output index) of an input's name."""
    node, _, index = name.partition(":")
    return node, int(index or 0)


class _Casts(object):
    """Casts between outputs and inputs of different precision.

    Args:
      graph_def: the graph, to which casts are added.
      outputs: `{node: types of its outputs}`.
    """

    def __init__(self, graph_def, outputs):
        self._graph_def, self._outputs = graph_def, outputs
        self._made = {}

    def between(self, name, wanted):
        """Name of an input in the wanted precision, through a cast if it has another."""
        producer, index = _split(name)
        kinds = self._outputs.get(producer, [])
        given = kinds[index] if index < len(kinds) else wanted
        if {given, wanted} != {_FLOAT, _DOUBLE}:
            return name
        if (producer, index, wanted) not in self._made:
            node = self._graph_def.node.add(
                name="{}/precision_{}_{}".format(producer, index, wanted), op="Cast",
                input=[name])
            node.attr["SrcT"].type, node.attr["DstT"].type = given, wanted
            self._made[producer, index, wanted] = node.name
        return self._made[producer, index, wanted]


def to_float64(graph_def, read=precision.shortest):
    """Rewrites a float32 graph to float64.

    Args:
      graph_def: the graph, without devices.
      read: function (float32 array) -> float64 array for constants: `precision.shortest`, ...

    Returns:
      The `Rewritten` graph.
    """
    written = tf.GraphDef(versions=graph_def.versions)
    written.library.CopyFrom(graph_def.library)
    _widen_library(written.library, read)
    islands, definitions, renamed = [], {}, {}
    for node in graph_def.node:
        definition = op_definition(node.op)
        if definition is None:
            written.node.add().CopyFrom(node)
        elif not _has_formula(node):
            definitions[node.name] = definition
            if not _add_widened(written, node, definition, read):
                islands.append(node.name)
    for node in filter(_has_formula, graph_def.node):
        renamed.update(formulas.splice(written, node, lambda number: float(read(number))))
    _cast_inputs(written, definitions, renamed)
    return Rewritten(written, islands, renamed)


def _has_formula(node):
    return node.op in formulas.FORMULAS and node.attr["T"].type == _FLOAT


def _add_widened(written, node, definition, read):
    """Adds a node in float64; False where it has to stay in float32."""
    copy = written.node.add()
    copy.CopyFrom(node)
    _complete(copy, definition)
    floats = any(attribute.type == _FLOAT for attribute in copy.attr.values())
    if node.op in _KEPT_TYPES or (floats and not _has_kernel(copy, definition)):
        return False
    _widen(copy.attr, read)
    return True


def _cast_inputs(written, definitions, renamed):
    """Renames inputs of replaced nodes, and casts inputs to the precision of their nodes."""
    nodes = list(written.node)
    outputs, wanted = {}, {}
    for node in nodes:
        definition = definitions.get(node.name) or op_definition(node.op)
        if definition is not None:
            outputs[node.name] = _types(node, definition.output_arg)
            wanted[node.name] = _types(node, definition.input_arg)
    casts = _Casts(written, outputs)
    for node in nodes:
        names = [renamed.get(name if ":" in name or name.startswith("^") else name + ":0", name)
                 for name in node.input]
        kinds = wanted.get(node.name, [])
        node.input[:] = [casts.between(name, kinds[index]) if not name.startswith("^")
                         and index < len(kinds) else name for index, name in enumerate(names)]
