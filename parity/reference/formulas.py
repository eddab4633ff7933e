"""Operations that float64 replaces by their formula, since they have no kernel for it."""

import tensorflow.compat.v1 as tf

from parity.reference import batch_norm


# {operation type: function (node, inputs, how a number is read) -> outputs}
FORMULAS = {}
for _version in ("", "V2", "V3"):
    FORMULAS["FusedBatchNorm" + _version] = batch_norm.forward
    FORMULAS["FusedBatchNormGrad" + _version] = batch_norm.backward


def splice(graph_def, node, read):
    """Adds a formula in the place of a node, with its name as scope.

    Args:
      graph_def: the graph that it is added to; `node` itself is not in it.
      node: the NodeDef that it stands for.
      read: function that reads a float32 number in float64.

    Returns:
      `{"node:index": the output's new name, "^node": the control input's}`.
    """
    inputs = [name for name in node.input if not name.startswith("^")]
    controls = [name for name in node.input if name.startswith("^")]
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
