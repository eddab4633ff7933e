"""What a graph computes forward, box by box and layer by layer, whichever TensorFlow wrote it."""

import math
import re
from typing import NamedTuple

VARIABLES = {"VarHandleOp", "VariableV2", "Variable"}
# What hands a value on, and arithmetic on shapes: TensorFlow 1 and Keras do it differently.
PLUMBING = VARIABLES | {
    "Assert", "AssignVariableOp", "BroadcastTo", "Cast", "Const", "Fill", "Identity", "IdentityN",
    "NoOp", "OnesLike", "Pack", "Placeholder", "PlaceholderWithDefault", "Prod", "ReadVariableOp",
    "Shape", "StopGradient", "StridedSlice", "VarIsInitializedOp", "ZerosLike"}
READS = {"ReadVariableOp", "Identity", "Cast"}
# What depends on the shape of its input alone.
SHAPE_ONLY = {"Fill", "OnesLike", "Shape", "ZerosLike"}
VERSION = re.compile(r"V\d+$")
LAYER = re.compile("MatMul|Conv|BiasAdd|FusedBatchNorm|Gather|Einsum")
BACKWARD = re.compile("Grad$|^(Resource)?(Sparse)?Apply")


class Layer(NamedTuple):
    """The operations of one layer, in the graph's order."""

    operations: list[str]  # types, without their versions
    shapes: list  # of what each operation gives: list of ints, -1 if open; None if unknown
    parameters: int
    sources: list[str]  # the layers and placeholders whose values it takes

    @property
    def output(self):
        """Shape of what the last operation gives."""
        return self.shapes[-1]


class Box(NamedTuple):
    """A top-level scope that computes forward."""

    is_network: bool  # it has a layer with weights
    layers: dict[str, Layer]


def _scope_and_layer(node):
    """`generator/hidden1/MatMul` is of layer hidden1; `z/mul` is of no layer but z itself."""
    scope, _, rest = node.name.partition("/")
    layer, _, inner = rest.partition("/")
    operation = VERSION.sub("", node.op).lower()
    return scope, "" if not inner and layer.lower().startswith(operation) else layer


def _shape(node):
    shapes = node.attr["_output_shapes"].list.shape
    if not shapes or shapes[0].unknown_rank:
        return None
    return [dimension.size for dimension in shapes[0].dim]


def _source(reference):
    return reference.split(":")[0]


def _variables_of(node, nodes):
    """`{variable: its number of entries}` of what a node reads directly."""
    found = {}
    for reference in node.input:
        source = nodes.get(_source(reference))
        while source is not None and source.op in READS and source.input:
            source = nodes.get(_source(source.input[0]))
        if source is not None and source.op in VARIABLES:
            found[source.name] = math.prod(
                dimension.size for dimension in source.attr["shape"].shape.dim)
    return found


def _sources(node, nodes):
    """Layers and placeholders whose values a node takes, however they are handed on."""
    found, waiting = set(), list(node.input)
    while waiting:
        source = nodes.get(_source(waiting.pop()))
        if source is None or source.op in SHAPE_ONLY:
            continue
        if source.op.startswith("Placeholder"):
            found.add(source.name)
        elif source.op in PLUMBING:
            waiting.extend(source.input)
        else:
            found.add("/".join(_scope_and_layer(source)).rstrip("/"))
    return found


def _kept(graph_def):
    """`{scope: {layer: [nodes]}}` of what is neither plumbing nor inside a variable's scope."""
    variables = {node.name for node in graph_def.node if node.op in VARIABLES}
    kept = {}
    for node in graph_def.node:
        parts = node.name.split("/")
        inside = any("/".join(parts[:end]) in variables for end in range(1, len(parts)))
        if len(parts) > 1 and node.op not in PLUMBING and not inside:
            scope, layer = _scope_and_layer(node)
            kept.setdefault(scope, {}).setdefault(layer, []).append(node)
    return kept


def boxes(graph_def):
    """`{top-level scope: Box}`, without those that hold gradients or optimisers."""
    nodes = {node.name: node for node in graph_def.node}
    found = {}
    for scope, layers in _kept(graph_def).items():
        types = [node.op for layer in layers.values() for node in layer]
        if not any(map(BACKWARD.search, types)):
            found[scope] = Box(
                any(map(LAYER.search, types)),
                {name: _layer(f"{scope}/{name}".rstrip("/"), layers[name], nodes)
                 for name in layers})
    return found


def _layer(name, members, nodes):
    variables, sources = {}, set()
    for node in members:
        variables.update(_variables_of(node, nodes))
        sources |= _sources(node, nodes)
    return Layer([VERSION.sub("", node.op) for node in members],
                 [_shape(node) for node in members],
                 sum(variables.values()), sorted(sources - {name}))
