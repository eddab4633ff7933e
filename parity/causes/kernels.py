"""Changes of layers with kernels: layout, padding, strides, crop, and order of channels."""

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry
from parity.common.rungs import FORWARD, LOSSES
from parity.reference import edits
from parity.reference.reading import tensors

_CONVOLUTIONS = ("Conv2D", "DepthwiseConv2dNative")
_TRANSPOSED = "Conv2DBackpropInput"


def kernels(place):
    """Yields a kernel that is flipped, transposed or has its axes exchanged."""
    for op in place.operations():
        if op.type in _CONVOLUTIONS + (_TRANSPOSED,):
            names = [each.name for each in place.siblings(op)]
            for words, make in (
                    ("is flipped", lambda kernel: tf.reverse(kernel, [0, 1])),
                    ("has height and width exchanged",
                     lambda kernel: tf.transpose(kernel, [1, 0, 2, 3])),
                    ("has its channels exchanged",
                     lambda kernel: tf.transpose(kernel, [0, 1, 3, 2]))):
                yield Change("kernel's layout", "the kernel {}".format(words),
                             "the kernel as it is in the reference: [height, width, in, out]",
                             (rewiring.given_instead(names, 1, make),), True)
        elif op.type == "MatMul" and _is_square(op.inputs[1]):
            yield Change("kernel's layout", "the kernel is transposed", "ops.matmul(x, kernel)",
                         (rewiring.given_instead([each.name for each in place.siblings(op)], 1,
                                                 tf.transpose),), True)


def _is_square(tensor):
    shape = tensors.shape_of(tensor)
    return shape is not None and len(shape) == 2 and shape[0] == shape[1]


def padding(place):
    """Yields a strided convolution or pooling padded alike on all sides, or the other way."""
    for op in place.operations():
        if op.type in _CONVOLUTIONS + ("MaxPool", "AvgPool") and (
                op.get_attr("padding") == b"SAME" and max(op.get_attr("strides")) > 1):
            yield Change(
                "padding", "padding is the same on all sides, in the reference more at the end",
                'padding="same"', tuple(map(_padded_alike, place.siblings(op))), True)
        elif op.type in _CONVOLUTIONS and op.get_attr("padding") == b"VALID" and (
                op.inputs[0].op.type.startswith(("Pad", "MirrorPad"))):
            yield Change(
                "padding", 'padding is "same", in the reference by hand',
                'ZeroPadding2D(1), then padding="valid"',
                tuple(map(_padded_same, place.siblings(op))), True)


def _padded_alike(op):
    """The edit that pads an operation's input alike on all sides, in the same total width."""
    size = tensors.shape_of(op.inputs[1])[:2] if op.type in _CONVOLUTIONS else (
        list(op.get_attr("ksize"))[1:3])
    before = [(each - 1) // 2 for each in size]
    x = op.inputs[0].name

    def make(old):
        height, width = tensors.shape_of(old)[1:3]
        strides = list(old.op.get_attr("strides"))
        taken = tensors.shape_of(old.graph.get_tensor_by_name(x))[1:3]
        after = [max((out - 1) * stride + wide - given - first, 0) for out, stride, wide, given,
                 first in zip((height, width), strides[1:3], size, taken, before)]
        low = old.dtype.min if op.type == "MaxPool" else 0
        padded = tf.pad(old.graph.get_tensor_by_name(x), [
            [0, 0], [before[0], after[0]], [before[1], after[1]], [0, 0]], constant_values=low)
        return _again(old.op, padded, "VALID")[:, :height, :width]
    return rewiring.substituted([op.outputs[0].name], make)


def _padded_same(op):
    """The edit that pads "same" in place of the operation that pads a convolution's input."""
    x = op.inputs[0].op.inputs[0].name

    def make(old):
        return _again(old.op, old.graph.get_tensor_by_name(x), "SAME")
    return rewiring.substituted([op.outputs[0].name], make)


def _again(op, x, padding_):
    """The output of a convolution or pooling for another input and padding."""
    strides = list(op.get_attr("strides"))
    if op.type == "Conv2D":
        return tf.nn.conv2d(x, op.inputs[1], strides, padding_)
    if op.type == "DepthwiseConv2dNative":
        return tf.nn.depthwise_conv2d(x, op.inputs[1], strides, padding_)
    pool = tf.nn.max_pool2d if op.type == "MaxPool" else tf.nn.avg_pool2d
    return pool(x, list(op.get_attr("ksize")), strides, padding_)


def strides(place):
    """Yields two convolutions that have each other's strides."""
    following = [op for op in place.upstream() if op.type in _CONVOLUTIONS]
    for op in [op for op in place.operations() if op.type in _CONVOLUTIONS]:
        for other in following:
            pair = sorted((op, other), key=lambda each: list(each.get_attr("strides")))
            smaller, larger = ([list(each.get_attr("strides")) for each in pair])
            if smaller != larger and op in tensors.ancestors([other.outputs[0]]):
                stride = "strides={}".format(tuple(larger[1:3]))
                yield Change(
                    "place of the stride", "{} stand at {}, in the reference at {}".format(
                        stride, *map(_layer, pair)), "{} at {}".format(stride, _layer(pair[1])),
                    (edits.attribute(pair[0].name, "strides", larger),
                     edits.attribute(pair[1].name, "strides", smaller)), True)


def _layer(op):
    """The name of the layer that a convolution is."""
    return (tensors.variable_of(op.inputs[1]) or op.name).rpartition("/")[0] or op.name


def crop(place):
    """Yields a transposed convolution that is cropped at the other end."""
    for op in place.operations():
        if op.type == _TRANSPOSED and max(op.get_attr("strides")) > 1:
            for words, shift in (("earlier", -1), ("later", 1)):
                yield Change(
                    "transposed convolution's crop", "what a transposed convolution keeps begins "
                    "a row and a column {} than in the reference".format(words),
                    'Conv2DTranspose(..., padding="same"), or another output_padding',
                    tuple(_shifted(each, shift) for each in place.siblings(op)), True)


def _shifted(op, shift):
    """The edit that crops a transposed convolution by `shift` rows and columns later."""
    size = tensors.shape_of(op.inputs[1])[:2]

    def make(old):
        shape = tensors.shape_of(old)
        strides = list(old.op.get_attr("strides"))
        x, kernel = old.op.inputs[2], old.op.inputs[1]
        given = tensors.shape_of(x)
        full = [(given[axis] - 1) * strides[axis] + size[axis - 1] for axis in (1, 2)]
        whole = tf.nn.conv2d_transpose(x, kernel, [given[0]] + full + [shape[3]], strides, "VALID")
        starts = [max((full[axis - 1] - shape[axis]) // 2 + shift, 0) for axis in (1, 2)]
        return whole[:, starts[0]:starts[0] + shape[1], starts[1]:starts[1] + shape[2]]
    return rewiring.substituted([op.outputs[0].name], make)


def order(place):
    """Yields a vector of an image, or an image of a vector, with channels first."""
    for op in place.operations():
        shape = tensors.shape_of(op.inputs[0]) if op.type == "Reshape" else None
        ends = tensors.shape_of(op.outputs[0]) if shape else None
        if shape and ends and len(shape) == 4 and len(ends) == 2:
            yield Change(
                "order of channels", "channels stand before rows and columns where the image is "
                "flattened", "keras.layers.Flatten() on [batch, height, width, channels]",
                (rewiring.given_instead([op.name], 0,
                                        lambda x: tf.transpose(x, [0, 3, 1, 2])),), True)
        if shape and ends and len(shape) == 2 and len(ends) == 4:
            yield Change(
                "order of channels", "channels stand before rows and columns where the image is "
                "made of a vector", "keras.layers.Reshape((height, width, channels))",
                (_channels_first(op),), True)


def _channels_first(op):
    """The edit that reshapes a vector to an image whose channels stand first in the vector."""
    def make(old):
        shape = tensors.shape_of(old)
        return tf.transpose(tf.reshape(old, [-1, shape[3], shape[1], shape[2]]), [0, 2, 3, 1])
    return rewiring.substituted([op.outputs[0].name], make)


ENTRIES = [
    Entry("kernel's layout", (FORWARD, LOSSES),
          "a kernel flipped, transposed, or with its axes exchanged", kernels,
          "the kernel as TensorFlow 1 has it"),
    Entry("padding", (FORWARD, LOSSES),
          "padding alike on all sides for TensorFlow's, or the other way", padding,
          'padding="same", or ZeroPadding2D and padding="valid"'),
    Entry("place of the stride", (FORWARD, LOSSES), "two convolutions with each other's strides",
          strides, "strides=..."),
    Entry("transposed convolution's crop", (FORWARD, LOSSES), "the other end cropped", crop,
          "output_padding=..."),
    Entry("order of channels", (FORWARD, LOSSES), "channels before rows and columns in a vector",
          order, "Flatten or Reshape with channels last")]
