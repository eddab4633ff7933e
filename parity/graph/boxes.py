"""The forward pass of a TensorBoard graph, by boxes and layers, for any version of TensorFlow."""

import math
import re
from typing import NamedTuple

VARIABLES = {"VarHandleOp", "VariableV2", "Variable"}
# Operations that pass a value on, and arithmetic on shapes: TensorFlow 1 and Keras differ in them.
PLUMBING = VARIABLES | {
    "Assert", "AssignVariableOp", "BroadcastTo", "Cast", "Const", "Fill", "Identity", "IdentityN",
    "NoOp", "OnesLike", "Pack", "Placeholder", "PlaceholderWithDefault", "Prod", "ReadVariableOp",
    "Shape", "StopGradient", "StridedSlice", "VarIsInitializedOp", "ZerosLike"}
READS = {"ReadVariableOp", "Identity", "Cast"}
# Keras reshapes a convolution's bias before it adds it.
RESHAPES = {"ExpandDims", "Reshape", "Squeeze"}
# Operations that depend on the shape of their input alone.
SHAPE_ONLY = {"Fill", "OnesLike", "Shape", "ZerosLike"}
VERSION = re.compile(r"V\d+$")
LAYER = re.compile("MatMul|Conv|BiasAdd|FusedBatchNorm|Gather|Einsum")
BACKWARD = re.compile("Grad$|^(Resource)?(Sparse)?Apply")


class Layer(NamedTuple):
    """The operations of one layer, in the graph's order.

    Attributes:
      operations: their types, without versions.
      shapes: the output shape of each: a list of ints, -1 for an open dimension; None if unknown.
      parameters: the number of entries of the variables that they read.
      sources: names of the layers and placeholders whose outputs they take.
    """

    operations: list[str]
    shapes: list
    parameters: int
    sources: list[str]

    @property
    def output(self):
        """The output shape of the last operation."""
        return self.shapes[-1]


class Box(NamedTuple):
    """A top-level scope of the forward pass.

    Attributes:
      is_network: True where an operation in it is one of a layer with weights.
      layers: `{name: Layer}`.
    """

    is_network: bool
    layers: dict[str, Layer]


def _scope_and_layer(node):
    """(scope, layer) of an operation: (generator, hidden1) of `generator/hidden1/MatMul`.

    The layer of `z/mul` is "": the operation is the scope's own.
    """
    scope, _, rest = node.name.partition("/")
    layer, _, inner = rest.partition("/")
    operation = VERSION.sub("", node.op).lower()
    return scope, "" if not inner and layer.lower().startswith(operation) else layer


def _shape(node):
    """The shape of an operation's first output, as in `Layer.shapes`."""
    shapes = node.attr["_output_shapes"].list.shape
    if not shapes or shapes[0].unknown_rank:
        return None
    return [dimension.size for dimension in shapes[0].dim]


def _source(reference):
    """The operation of an input, "name" of "name:0"."""
    return reference.split(":")[0]


def _variable(node, nodes):
    """The variable whose value a node passes on, in any shape, or None."""
    passed = set()  # a loop of such nodes passes nothing on
    while node is not None and node.op in READS | RESHAPES and node.input and (
            node.name not in passed):
        passed.add(node.name)
        node = nodes.get(_source(node.input[0]))
    return node if node is not None and node.op in VARIABLES else None


def _variables_of(node, nodes):
    """`{variable: its number of entries}` of the variables that a node reads directly."""
    references = list(node.input)
    if node.op.startswith("FusedBatchNorm") and node.attr["is_training"].b:
        del references[3:]  # moving averages, which TensorFlow 1 names and the kernel ignores
    read = [_variable(nodes.get(_source(reference)), nodes) for reference in references]
    return {variable.name: math.prod(
        dimension.size for dimension in variable.attr["shape"].shape.dim)
            for variable in read if variable is not None}


def _for_assignments(graph_def, nodes):
    """Names of the operations whose results are only assigned, as TensorFlow 1's moving averages.
    """
    users = {}
    for node in graph_def.node:
        for reference in node.input:
            users.setdefault(_source(reference), []).append(node.name)
    found = {node.name for node in graph_def.node if node.op.startswith("Assign")}
    waiting = list(found)
    while waiting:
        node = nodes[waiting.pop()]
        for source in map(_source, node.input):
            in_box = source.split("/")[0] == node.name.split("/")[0]
            known = source in nodes and source not in found
            if in_box and known and found.issuperset(users[source]):
                found.add(source)
                waiting.append(source)
    return found


def _sources(node, nodes):
    """Names of the layers and placeholders whose outputs a node takes, through plumbing."""
    found, passed, waiting = set(), set(), list(node.input)
    while waiting:
        source = nodes.get(_source(waiting.pop()))
        if source is None or source.op in SHAPE_ONLY or source.name in passed:
            continue
        passed.add(source.name)
        if source.op.startswith("Placeholder"):
            found.add(source.name)
        elif source.op in PLUMBING:
            waiting.extend(source.input)
        else:
            found.add("/".join(_scope_and_layer(source)).rstrip("/"))
    return found


def _kept(graph_def, nodes):
    """`{scope: {layer: [nodes]}}` without plumbing and without the insides of variables."""
    variables = {node.name for node in graph_def.node if node.op in VARIABLES}
    assigned = _for_assignments(graph_def, nodes)
    kept = {}
    for node in graph_def.node:
        parts = node.name.split("/")
        inside = any("/".join(parts[:end]) in variables for end in range(1, len(parts)))
        plumbing = node.op in PLUMBING or node.name in assigned or (
            node.op in RESHAPES and _variable(node, nodes) is not None)
        if len(parts) > 1 and not plumbing and not inside:
            scope, layer = _scope_and_layer(node)
            kept.setdefault(scope, {}).setdefault(layer, []).append(node)
    return kept


def boxes(graph_def):
    """`{top-level scope: Box}` of a graph, without scopes of gradients or optimisers.

    Args:
      graph_def: a `GraphDef`.
    """
    nodes = {node.name: node for node in graph_def.node}
    found = {}
    for scope, layers in _kept(graph_def, nodes).items():
        types = [node.op for layer in layers.values() for node in layer]
        if not any(map(BACKWARD.search, types)):
            found[scope] = Box(
                any(map(LAYER.search, types)),
                {name: _layer(f"{scope}/{name}".rstrip("/"), layers[name], nodes)
                 for name in layers})
    return found


def _layer(name, members, nodes):
    """The `Layer` of some nodes; `nodes` are all of the graph by name."""
    variables, sources = {}, set()
    for node in members:
        variables.update(_variables_of(node, nodes))
        sources |= _sources(node, nodes)
    return Layer([VERSION.sub("", node.op) for node in members],
                 [_shape(node) for node in members],
                 sum(variables.values()), sorted(sources - {name}))
