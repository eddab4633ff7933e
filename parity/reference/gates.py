"""Gates of a graph: operations that wait for others, but only in the calls that run both.

A control input would make a call that runs the second operation alone run the first one, too. It
leads through a tensor instead, which such a call is fed: what is fed needs no operation.
"""

import numpy as np
import tensorflow.compat.v1 as tf

_CONSTANT, _FED, _WAITS = "parity_zero", "parity_fed", "parity_waits"


def ordered(order, gated=()):
    """Edit of a GraphDef that adds the edges of a `parity.reference.orders.Order`.

    Args:
      order: the `Order`.
      gated: names of the first operations for which others wait by a gate.
    """
    def edit(graph_def):
        waits = {}
        for edge in order.edges:
            first = _part(edge.first, _WAITS) if edge.first in gated else edge.first
            waits.setdefault(edge.second, []).append("^" + first)
        for node in graph_def.node:
            node.input.extend(sorted(set(waits.get(node.name, ())) - set(node.input)))
        for name in sorted(gated):
            graph_def.node.extend(_gate(name))
        return graph_def
    return edit


def _part(name, part):
    return name + "/" + part


def _gate(name):
    """The nodes of a gate: a constant that is passed on after an operation, and is waited for."""
    nodes = [tf.NodeDef(name=_part(name, _CONSTANT), op="Const"),
             tf.NodeDef(name=_part(name, _FED), op="Identity",
                        input=[_part(name, _CONSTANT), "^" + name]),
             tf.NodeDef(name=_part(name, _WAITS), op="Identity", input=[_part(name, _FED)])]
    nodes[0].attr["dtype"].type = nodes[1].attr["T"].type = nodes[2].attr["T"].type = (
        tf.int32.as_datatype_enum)
    nodes[0].attr["value"].tensor.CopyFrom(tf.make_tensor_proto(np.int32(0)))
    return nodes


def open_for(graph, names):
    """`{tensor: value}` that a call is fed which does not run the operations of these names."""
    operations = {op.name for op in graph.get_operations()} if names else ()
    return {graph.get_tensor_by_name(_part(name, _FED) + ":0"): np.int32(0)
            for name in names if _part(name, _FED) in operations}
