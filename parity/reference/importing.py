"""Prepares captured graphs for import, and sessions that run them."""

import tensorflow.compat.v1 as tf

from parity import capture
from parity.reference import float64_graph

# Attributes that do not change what an operation computes.
_NOTES = ("_class", "_output_shapes", "debug_name", "grad_a", "grad_b",
          "validate_shape")


def session_config():
    """Session configuration of parity mode: one thread, processors only, no graph optimiser."""
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1,
                            device_count={"GPU": 0})
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def needed(graph_def, names):
    """Part of a GraphDef that operations or tensors of these names depend on."""
    nodes = {node.name: node for node in graph_def.node}
    waiting, kept = list(names), set()
    while waiting:
        name = waiting.pop().lstrip("^").partition(":")[0]
        if name not in kept:
            kept.add(name)
            waiting.extend(nodes[name].input)
    part = tf.GraphDef(versions=graph_def.versions, library=graph_def.library)
    part.node.extend(node for node in graph_def.node if node.name in kept)
    return part


def importable(graph_def):
    """Copy of a GraphDef without devices, and without attributes unknown to this TensorFlow.

    Raises:
      Failure: this TensorFlow does not know an operation.
    """
    cleared = tf.GraphDef()
    cleared.CopyFrom(graph_def)
    functions = {function.signature.name for function in graph_def.library.function}
    for node in cleared.node:
        node.device = ""
        definition = float64_graph.op_definition(node.op)
        if definition is None and node.op not in functions:
            raise capture.Failure("{}: expected an operation of TensorFlow {}, received {}".format(
                node.name, tf.__version__, node.op))
        known = {attribute.name for attribute in definition.attr} if definition else set(node.attr)
        for name in [name for name in node.attr if name not in known and _is_left_out(node, name)]:
            del node.attr[name]
    return cleared


def _is_left_out(node, name):
    """True of an attribute without effect: a note, or one that a newer version left empty."""
    value = node.attr[name]
    return name in _NOTES or not (
        value.b or value.i or value.s or value.list.ByteSize())
