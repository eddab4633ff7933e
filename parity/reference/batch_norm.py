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
    axes, shape = _axes(node)
    epsilon = tf.constant(read(node.attr["epsilon"].f), x.dtype)
    shown_variance = variance
    if node.attr["is_training"].b:
        mean = tf.reduce_mean(x, axes)
        variance = tf.reduce_mean(tf.square(x - tf.reshape(mean, shape)), axes)
        count = _count(x, axes)
        shown_variance = variance if _BIASED in node.attr else (
            variance * count / tf.maximum(count - 1, 1))
    inverse = tf.rsqrt(variance + epsilon)
    y = (x - tf.reshape(mean, shape)) * tf.reshape(inverse * scale, shape) + tf.reshape(
        offset, shape)
    reserved = [mean, variance] + [tf.zeros([0], x.dtype)]
    return ([y, mean, shown_variance] + reserved)[:6 if node.op.endswith("V3") else 5]


def backward(node, inputs, read):
    """Gradients of a fused batch normalisation.

    Args:
      node: the NodeDef of the fused operation.
      inputs: gradient of y, x, scale, and the two numbers a channel that `forward` reserved.
      read: function that reads a float32 number in float64.

    Returns:
      Gradients of x, scale and offset, and two empty ones.
    """
    dy, x, scale, mean, variance = inputs[:5]
    axes, shape = _axes(node)
    epsilon = tf.constant(read(node.attr["epsilon"].f), x.dtype)
    inverse = tf.reshape(tf.rsqrt(variance + epsilon), shape)
    normal = (x - tf.reshape(mean, shape)) * inverse
    d_offset = tf.reduce_sum(dy, axes)
    d_scale = tf.reduce_sum(dy * normal, axes)
    dx = dy * inverse * tf.reshape(scale, shape)
    if node.attr["is_training"].b:
        count = _count(x, axes)
        dx = inverse * tf.reshape(scale, shape) * (
            dy - tf.reshape(d_offset, shape) / count - normal * tf.reshape(d_scale, shape) / count)
    empty = tf.zeros([0], x.dtype)
    return [dx, d_scale, d_offset, empty, empty]
