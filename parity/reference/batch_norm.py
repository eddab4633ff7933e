"""Fused batch normalisation by its formula: the fused kernels know no float64."""

import tensorflow.compat.v1 as tf


_BIASED = "_biased_variance"


def biased(graph_def):
    """The edit after which fused batch norm shows the batch's variance without n / (n - 1)."""
    for node in graph_def.node:
        if node.op.startswith("FusedBatchNorm") and "Grad" not in node.op:
            node.attr[_BIASED].b = True
    return graph_def


def biased_in_float32(graph_def):
    """The same edit of a graph that keeps the fused kernels: what they show times (n - 1) / n."""
    nodes = list(graph_def.node)
    renamed = {node.name + ":2": _append_biased(graph_def, node) for node in nodes
               if node.op.startswith("FusedBatchNorm") and node.attr["is_training"].b}
    for node in nodes:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    return graph_def


def _append_biased(graph_def, node):
    """Adds the batch's variance beside a fused node; the name of the operation that gives it."""
    given = {"x": node.input[0], "shown": node.name + ":2"}
    with tf.Graph().as_default() as graph:
        x, shown = (tf.placeholder(tf.float32, name=name) for name in ("x", "shown"))
        with tf.name_scope(node.name + "/biased/"):
            count = _count(x, _axes(node)[0])
            variance = shown * tf.maximum(count - 1, 1) / count
    for each in graph.as_graph_def().node:
        if each.op != "Placeholder":
            copy = graph_def.node.add()
            copy.CopyFrom(each)
            copy.input[:] = [given.get(name, name) for name in each.input]
    return variance.op.name


def is_fused(graph_def):
    """Whether a graph trains with a fused batch norm."""
    return any(node.op.startswith("FusedBatchNorm") and node.attr["is_training"].b
               for node in graph_def.node)


def _axes(node):
    """(axes that are averaged over, shape of a channel's numbers) of a node's data format."""
    if node.attr["data_format"].s == b"NCHW":
        return [0, 2, 3], [1, -1, 1, 1]
    return [0, 1, 2], [1, 1, 1, -1]


def _count(x, axes):
    sizes = tf.gather(tf.shape(x), axes)
    return tf.cast(tf.reduce_prod(sizes), x.dtype)


def forward(node, inputs, read):
    """Outputs of a fused batch normalisation.

    Args:
      node: the NodeDef of the fused operation.
      inputs: x [batch, height, width, channels] or as its data format says; scale, offset, mean
        and variance [channels].
      read: function that reads a float32 number in float64.

    Returns:
      y, batch mean, batch variance times n / (n - 1), and what the backward pass is given.
    """
    x, scale, offset, mean, variance = inputs
    axes, _ = _axes(node)
    shown_variance = variance
    if node.attr["is_training"].b:
        mean, variance = _moments(x, x, node)
        count = _count(x, axes)
        shown_variance = variance if _BIASED in node.attr else (
            variance * count / tf.maximum(count - 1, 1))
    y = _normalized(node, (x, mean, variance, offset, scale), read)
    reserved = [mean, variance] + [tf.zeros([0], x.dtype)]
    return ([y, mean, shown_variance] + reserved)[:6 if node.op.endswith("V3") else 5]


def _moments(x, of_deviations, node):
    """Mean and variance of each channel, [channels], as `tf.nn.moments` computes them."""
    axes, shape = _axes(node)
    mean = tf.reduce_mean(x, axes)
    deviations = tf.squared_difference(of_deviations, tf.reshape(tf.stop_gradient(mean), shape))
    return mean, tf.reduce_mean(deviations, axes)


def _normalized(node, inputs, read):
    """`tf.nn.batch_normalization` of x, mean, variance, offset and scale."""
    _, shape = _axes(node)
    x, of_channels = inputs[0], [tf.reshape(each, shape) for each in inputs[1:]]
    return tf.nn.batch_normalization(x, *(of_channels + [read(node.attr["epsilon"].f)]))


def backward(node, inputs, read):
    """Gradients of a fused batch normalisation: those of the formula that `forward` has.

    Args:
      node: the NodeDef of the fused operation.
      inputs: gradient of y, x, scale, and the two numbers a channel that `forward` reserved.
      read: function that reads a float32 number in float64.

    Returns:
      Gradients of x, scale and offset, and two empty ones.
    """
    dy, x, scale, mean, variance = inputs[:5]
    # Three gradients meet in x, and a sum of three depends on their order: the mean's comes last.
    copy = tf.identity(x)
    if node.attr["is_training"].b:
        mean, variance = _moments(x, copy, node)
    offset = tf.zeros_like(scale)
    y = _normalized(node, (copy, mean, variance, offset, scale), read)
    empty = tf.zeros([0], x.dtype)
    return tf.gradients(y, [x, scale, offset], dy) + [empty, empty]
