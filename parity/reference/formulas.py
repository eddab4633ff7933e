"""Replaces operations without a float64 kernel by their formulas."""

import tensorflow.compat.v1 as tf

from parity.reference import batch_norm


# {operation type: function (node, inputs, function that reads a float32 number) -> outputs}
FORMULAS = {}
for _version in ("", "V2", "V3"):
    FORMULAS["FusedBatchNorm" + _version] = batch_norm.forward
    FORMULAS["FusedBatchNormGrad" + _version] = batch_norm.backward


def splice(graph_def, node, read):
    """Adds the formula of a node to a graph, in a scope with the node's name.

    Args:
      graph_def: the graph, which does not contain the node itself.
      node: the NodeDef that the formula replaces.
      read: function (float32 number) -> float64 number.

    Returns:
      `{"node:index": new name of that output, "^node": new control input}`.
    """
    inputs = [name for name in node.input if not name.startswith("^")]
    # All of a formula waits for all that its node waits for: what it reads of a variable's buffer
    # before another input is computed may be older than what the kernel reads.
    controls = [name for name in node.input if name.startswith("^")]
    controls += sorted({"^" + name.partition(":")[0] for name in inputs})
    with tf.Graph().as_default() as graph:
        placeholders = [tf.placeholder(tf.float64, name="input_{}".format(index))
                        for index in range(len(inputs))]
        with tf.name_scope(node.name + "/"):
            outputs = [tf.identity(output, "float64_{}".format(index)) for index, output in
                       enumerate(FORMULAS[node.op](node, placeholders, read))]
    for each in graph.as_graph_def().node:
        if each.op != "Placeholder":
            copy = graph_def.node.add()
            copy.CopyFrom(each)
            copy.input[:] = [inputs[int(name[len("input_"):])] if name.startswith("input_")
                             else name for name in each.input] + controls
    renamed = {"{}:{}".format(node.name, index): output.op.name
               for index, output in enumerate(outputs)}
    renamed["^" + node.name] = "^" + outputs[0].op.name
    return renamed
