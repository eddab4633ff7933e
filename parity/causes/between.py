"""Changes of operations without variables: pooling, resizing, reductions, dropout, inputs."""

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.common.rungs import FORWARD, LOSSES
from parity.reference import edits
from parity.reference.reading import dropouts
from parity.reference.reading import tensors

_POOLS = {"MaxPool": ("the average", tf.nn.avg_pool2d, "MaxPooling2D"),
          "AvgPool": ("the largest number", tf.nn.max_pool2d, "AveragePooling2D")}
_REDUCTIONS = {"Mean": tf.reduce_mean, "Sum": tf.reduce_sum, "Max": tf.reduce_max,
               "Min": tf.reduce_min}


def pooling(place):
    """Yields average pooling for max pooling, and the other way."""
    for op in place.operations():
        if op.type in _POOLS:
            words, pool, layer = _POOLS[op.type]
            yield Change("pooling", "pooling takes {}, in the reference not".format(words),
                         "keras.layers.{}(...)".format(layer),
                         tuple(_pooled(each, pool) for each in place.siblings(op)), True)


def _pooled(op, pool):
    """The edit that replaces a pooling by another one; `pool` is a function as tf.nn has it."""
    x = op.inputs[0].name
    return rewiring.substituted([op.outputs[0].name], lambda old: pool(
        old.graph.get_tensor_by_name(x), list(old.op.get_attr("ksize")),
        list(old.op.get_attr("strides")), old.op.get_attr("padding").decode()))


def resizing(place):
    """Yields a resize that places pixels otherwise, or interpolates otherwise."""
    for op in place.operations():
        if op.type not in ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic"):
            continue
        present = tuple(key in op.node_def.attr and op.get_attr(key)
                        for key in ("align_corners", "half_pixel_centers"))
        for corners, centers in ((False, True), (False, False), (True, False)):
            if (corners, centers) != present:
                yield Change(
                    "resize", "a resize {}, in the reference it {}".format(
                        _placed(corners, centers), _placed(*present)),
                    "tf.raw_ops.{}(..., align_corners={}, half_pixel_centers={})".format(
                        op.type, *present),
                    (edits.attribute(op.name, "align_corners", corners),
                     edits.attribute(op.name, "half_pixel_centers", centers)), True)
        other = "ResizeNearestNeighbor" if op.type == "ResizeBilinear" else "ResizeBilinear"
        for centers in (True, False):
            yield Change("resize", "a resize is {}".format(
                "to the nearest" if other == "ResizeNearestNeighbor" else "bilinear"),
                         'interpolation="{}"'.format(
                             "bilinear" if op.type == "ResizeBilinear" else "nearest"),
                         (rewiring.of_another_type([op.name], other),
                          edits.attribute(op.name, "align_corners", False),
                          edits.attribute(op.name, "half_pixel_centers", centers)), True)


def _placed(corners, centers):
    """Words for the placement of pixels; the arguments are align_corners and half_pixel_centers."""
    return "aligns corners" if corners else (
        "places pixels at their centres" if centers else "places pixels at their corners")


def reductions(place):
    """Yields another reduction, as a sum for a mean."""
    for op in place.operations():
        for kind, function in _REDUCTIONS.items() if op.type in _REDUCTIONS else ():
            if kind != op.type and op.inputs[0].dtype.is_floating:
                yield Change("reduction", "the {} is taken, in the reference the {}".format(
                    _called(kind), _called(op.type)), _reduced(op.type),
                             tuple(_reduction(each, function) for each in place.siblings(op)),
                             True)


def _called(kind):
    return {"Mean": "mean", "Sum": "sum", "Max": "largest", "Min": "smallest"}[kind]


def _reduced(kind):
    """The code of a reduction in Keras."""
    return {"Mean": 'ops.mean(...), or reduction="sum_over_batch_size"',
            "Sum": 'ops.sum(...), or reduction="sum"'}.get(kind, "ops.{}(...)".format(
                kind.lower()))


def _reduction(op, function):
    """The edit that replaces a reduction by another one, a function as `tf.reduce_sum`."""
    x, axes, keeps = op.inputs[0].name, op.inputs[1].name, bool(op.get_attr("keep_dims"))
    return rewiring.substituted([op.outputs[0].name], lambda old: function(
        old.graph.get_tensor_by_name(x), axis=old.graph.get_tensor_by_name(axes),
        keepdims=keeps))


def dropout(place):
    """Yields a dropout with another rate."""
    near = {op.name for op in place.operations()}
    for found in dropouts.read(place.graph):
        if found.output.partition(":")[0] not in near or found.rate is None:
            continue
        rates = [1.0 - found.rate] + place.numbers("rate") + [0.0]
        for rate in dict.fromkeys(float("{:.6g}".format(each)) for each in rates):
            if rate != found.rate and 0 <= rate < 1:
                yield Change(
                    "dropout's rate", "dropout drops {}, in the reference {}".format(
                        number(rate), number(found.rate)),
                    "keras.layers.Dropout({})".format(number(found.rate)),
                    (_dropped(found, rate),), True, declared=rate in place.numbers("rate"))


def _dropped(found, rate):
    """The edit that gives a dropout of the graph another rate."""
    def make(old):
        x = old.graph.get_tensor_by_name(found.input)
        drawn = old.graph.get_operation_by_name(found.random).outputs[0]
        return tf.where(tf.broadcast_to(drawn >= rate, tf.shape(x)), x / (1.0 - rate),
                        tf.zeros_like(x))
    return rewiring.substituted([found.output], make)


# {sentence on an input: function of the input}
_SCALES = {"divided by 255": lambda x: x / 255.0, "times 255": lambda x: x * 255.0,
           "scaled to [-1, 1]": lambda x: 2.0 * x - 1.0,
           "scaled to [0, 1]": lambda x: (x + 1.0) / 2.0}
# {rank of an input: {sentence: function}} of images [batch, height, width, channels] and of
# sequences [batch, steps, features].
_ORDERS = {4: {"upside down": lambda x: tf.reverse(x, [1]),
               "mirrored": lambda x: tf.reverse(x, [2]),
               "turned": lambda x: tf.transpose(x, [0, 2, 1, 3]),
               "with its channels reversed": lambda x: tf.reverse(x, [3])},
           3: {"reversed in time": lambda x: tf.reverse(x, [1])}}


def inputs(place):
    """Yields an input that is scaled or turned, or two that are exchanged."""
    taken = [op for op in place.operations() if op.type == "Placeholder"
             and op.outputs[0].dtype.is_floating]
    for op in taken:
        for name, functions in (("input's scale", _SCALES),
                                ("input's order", _ORDERS.get(op.outputs[0].shape.ndims, {}))):
            for words, make in functions.items():
                yield Change(name, "{} is {}".format(op.name, words),
                             "the input as the reference takes it",
                             (_passed(op.outputs[0].name, make),), True)
    for one in taken:
        for other in taken:
            if one.name < other.name and tensors.shape_of(one.outputs[0]) == tensors.shape_of(
                    other.outputs[0]):
                yield Change("input's order", "{} and {} are exchanged".format(
                    one.name, other.name), "the inputs in the reference's order",
                             (_exchanged(one.outputs[0].name, other.outputs[0].name),), True)


def _passed(name, make):
    """The edit after which all operations that take an input take a function of it."""
    def edit(graph_def):
        graph = rewiring.imported(graph_def)
        users = [(op.name, place) for op in graph.get_operations()
                 for place, given in enumerate(op.inputs) if given.name == name]
        for operation, place in users:
            graph_def = rewiring.given_instead([operation], place, make)(graph_def)
        return graph_def
    return edit


def _exchanged(one, other):
    """The edit that exchanges two tensors, named "operation:0"."""
    def edit(graph_def):
        names = {one[:-2]: other[:-2], other[:-2]: one[:-2]}
        for node in graph_def.node:
            node.input[:] = [names.get(given, given) for given in node.input]
        return graph_def
    return edit


ENTRIES = [
    Entry("pooling", (FORWARD, LOSSES), "average for max pooling, or the other way", pooling,
          "keras.layers.MaxPooling2D(...)"),
    Entry("resize", (FORWARD, LOSSES), "pixels placed otherwise, or nearest for bilinear", resizing,
          "tf.raw_ops.ResizeBilinear(..., align_corners=..., half_pixel_centers=...)"),
    Entry("dropout's rate", (FORWARD, LOSSES), "keep for drop, another rate, no dropout", dropout,
          "keras.layers.Dropout(rate)"),
    Entry("input's scale", (FORWARD,), "an input scaled otherwise", inputs,
          "the reference's input"),
    Entry("input's order", (FORWARD,), "an input turned, flipped, reversed or another", inputs,
          "the reference's input"),
    Entry("reduction", (FORWARD, LOSSES), "a mean for a sum, or the like", reductions,
          'reduction="sum_over_batch_size"')]
