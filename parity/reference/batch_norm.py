"""Fused batch normalisation by its formula, since the fused kernels have no float64."""

import tensorflow.compat.v1 as tf


_BIASED = "_biased_variance"


def biased(graph_def):
    """Edit of a graph: fused batch norm returns the batch's variance without n / (n - 1)."""
    for node in graph_def.node:
        if node.op.startswith("FusedBatchNorm") and "Grad" not in node.op:
            node.attr[_BIASED].b = True
    return graph_def


def biased_in_float32(graph_def):
    """Edit `biased` for a graph with fused kernels: multiplies their variances by (n - 1) / n."""
    nodes = list(graph_def.node)
    renamed = {node.name + ":2": _append_biased(graph_def, node) for node in nodes
               if node.op.startswith("FusedBatchNorm") and node.attr["is_training"].b}
    for node in nodes:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    return graph_def


def _append_biased(graph_def, node):
    """Adds operations that compute the batch's variance; returns the name of the last one."""
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
    """True where a graph trains with a fused batch norm."""
    return any(node.op.startswith("FusedBatchNorm") and node.attr["is_training"].b
               for node in graph_def.node)


def _axes(node):
    """(axes of the average, shape that broadcasts [channels]) for a node's data format."""
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
      read: function (float32 number) -> float64 number.

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
    """Gradients of a fused batch normalisation, by differentiating the formula of `forward`.

    Args:
      node: the NodeDef of the fused operation.
      inputs: gradient of y, x, scale, and the two arrays [channels] that `forward` reserved.
      read: function (float32 number) -> float64 number.

    Returns:
      Gradients of x, scale and offset, and two empty tensors.
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
