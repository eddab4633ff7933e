"""A graph in float64: every float32 in it made a float64, where there are kernels for that."""

import collections
import functools

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.framework import kernels
from tensorflow.python.framework import op_def_registry

from parity import capture
from parity.reference import formulas

_FLOAT = tf.float32.as_datatype_enum
_DOUBLE = tf.float64.as_datatype_enum
# Their float64 draws are other numbers than their float32 ones; bits stay bits.
_KEPT_TYPES = capture.RANDOM_TYPES + ("Bitcast", "DecodeRaw", "StatelessRandomUniform",
                                      "StatelessRandomNormal", "StatelessTruncatedNormal",
                                      "StatelessRandomUniformV2", "StatelessRandomNormalV2",
                                      "StatelessTruncatedNormalV2")
# Larger arrays are data rather than numbers that somebody wrote.
_WRITTEN_NUMBERS = 4096

Rewritten = collections.namedtuple("Rewritten", "graph_def islands renamed")
Rewritten.__doc__ = """A graph in float64.

islands: names of operations that stay in float32; renamed: `{"node:index": operation}` of outputs
that a formula computes now.
"""


def shortest(array):
    """Float64 numbers of the shortest decimals that round to the float32 ones of an array."""
    array = np.asarray(array, np.float32)
    if array.size > _WRITTEN_NUMBERS:
        return array.astype(np.float64)
    return np.array([float(str(number)) for number in array.ravel()],
                    np.float64).reshape(array.shape)


def as_stored(array):
    """The same numbers in float64."""
    return np.asarray(array, np.float64)


def raised(array):
    """The same numbers, those that float32 rounds one unit in its last place up."""
    return _moved(array, lambda number: np.float64(1))


def mixed(array):
    """The same, some of them down: what one constant changes may be what another one undoes."""
    return _moved(array, lambda number: np.where(
        number.view(np.uint32) * np.uint32(2654435761) >> np.uint32(31), 1.0, -1.0))


def _moved(array, sign):
    array = np.asarray(array, np.float32)
    read, stored = shortest(array), as_stored(array)
    rounded = read != stored if array.size <= _WRITTEN_NUMBERS else stored != np.rint(stored)
    with np.errstate(invalid="ignore"):  # infinities have no last place
        return np.where(rounded, read + sign(array) * np.spacing(np.abs(array)), read)


def op_definition(name):
    """The OpDef of an operation type, or None where this TensorFlow does not know it."""
    if hasattr(op_def_registry, "get"):
        return op_def_registry.get(name)
    return op_def_registry.get_registered_ops().get(name)


@functools.lru_cache(maxsize=None)
def _kernels_of(operation):
    """The kernels on processors of an operation's type: looking them up takes milliseconds."""
    return [kernel for kernel in kernels.get_registered_kernels_for_op(operation).kernel
            if kernel.device_type == "CPU"]


def _has_kernel(node, definition):
    """Whether a node has a kernel with each of its float32 attributes a float64."""
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
    """Adds the attributes that a stripped graph leaves to their defaults."""
    for attribute in definition.attr:
        if attribute.name not in node.attr and attribute.HasField("default_value"):
            node.attr[attribute.name].CopyFrom(attribute.default_value)


def _widen(attributes, read):
    """Makes the types of a node float64, and a constant's value as `read` reads it."""
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
    """Lets a function's users of float32 draws, which stay, see them in float64."""
    old, new = draw.name + ":output:0", draw.name + "/precision:y:0"
    for node in function.node_def:
        node.input[:] = [new if name == old else name for name in node.input]
    for name, value in function.ret.items():
        function.ret[name] = new if value == old else value
    cast = function.node_def.add(name=draw.name + "/precision", op="Cast", input=[old])
    cast.attr["SrcT"].type, cast.attr["DstT"].type = _FLOAT, _DOUBLE


def _split(name):
    """("node", index) of an input's name."""
    node, _, index = name.partition(":")
    return node, int(index or 0)


class _Casts(object):
    """Puts a change of precision between an output and an input that differ in it."""

    def __init__(self, graph_def, outputs):
        self._graph_def, self._outputs = graph_def, outputs
        self._made = {}

    def between(self, name, wanted):
        """The name of an input in the precision that is wanted."""
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


def to_float64(graph_def, read=shortest):
    """A graph that computes in float64 what another one computes in float32.

    Args:
      graph_def: the graph, without devices.
      read: `shortest` or `as_stored`, how constants are read.

    Returns:
      A `Rewritten`.
    """
    islands, written = [], tf.GraphDef(versions=graph_def.versions)
    written.library.CopyFrom(graph_def.library)
    _widen_library(written.library, read)
    definitions, replaced = {}, []
    for node in graph_def.node:
        definition = op_definition(node.op)
        if definition is None:
            written.node.add().CopyFrom(node)
            continue
        if node.op in formulas.FORMULAS and node.attr["T"].type == _FLOAT:
            replaced.append(node)
            continue
        copy = written.node.add()
        copy.CopyFrom(node)
        definitions[node.name] = definition
        _complete(copy, definition)
        floats = any(attribute.type == _FLOAT for attribute in copy.attr.values())
        if node.op in _KEPT_TYPES or (floats and not _has_kernel(copy, definition)):
            islands.append(node.name)
        else:
            _widen(copy.attr, read)
    renamed = {}
    for node in replaced:
        renamed.update(formulas.splice(written, node, lambda number: float(read(number))))
    _cast_inputs(written, definitions, renamed)
    return Rewritten(written, islands, renamed)


def _cast_inputs(written, definitions, renamed):
    """Gives each input the name and the precision that its node expects."""
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
