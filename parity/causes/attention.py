"""Changes of attention: the scale of its scores, and the axis over which weights sum to one."""

import functools

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry, number
from parity.common.rungs import FORWARD, GRADIENTS, LOSSES
from parity.reference.reading import tensors

_PRODUCTS = ("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum")
_SCALING = ("Mul", "RealDiv", "Div")
_MASKING = tensors.ADDITIONS + ("Sub", "SelectV2", "Select")
_RUNGS = (FORWARD, LOSSES, GRADIENTS)  # the last where a gamma of 0 hides the rest at first


def _scores(place):
    """Yields (softmax, product of queries and keys, [operations that scale it]) near the place."""
    for op in place.upstream() if place.rung == GRADIENTS else place.operations():
        if op.type != "Softmax":
            continue
        scales, behind = [], tensors.through(op.inputs[0], tensors.PASSING + tensors.SHAPING).op
        while behind.type in _SCALING + _MASKING and behind.type not in _PRODUCTS:
            found = tensors.with_constant(behind)
            if behind.type in _SCALING and found:
                scales.append((behind, found.number))
            given = found.other if found else behind.inputs[0]
            behind = tensors.through(given, tensors.PASSING + tensors.SHAPING).op
        if behind.type in _PRODUCTS:
            yield op, behind, scales


def scale(place):
    """Yields scores that are divided by the root of the number of channels, or no longer."""
    for _, product, scales in _scores(place):
        channels = tensors.shape_of(product.inputs[0])
        width = channels[-2 if _is_flipped(product) else -1] if channels else None
        if scales:
            factor = number(_factor(scales))
            yield Change(
                "attention's scale", "scores are not scaled, in the reference by " + factor,
                "scores * " + factor, tuple(
                    rewiring.substituted([each.outputs[0].name], _unscaled(each))
                    for each, _ in scales), True)
        elif width:
            for words, factor in (("divided by sqrt({})".format(width), width ** -0.5),
                                  ("divided by {}".format(width), 1.0 / width)):
                yield Change(
                    "attention's scale", "scores are {}, in the reference not".format(words),
                    "scores as they are", tuple(rewiring.substituted(
                        [each.outputs[0].name], functools.partial(_times, factor))
                        for each in _alike(place, product)), True)


def _is_flipped(product):
    return product.type != "Einsum" and product.get_attr("adj_x")


def _factor(scales):
    factor = 1.0
    for op, value in scales:
        factor *= value if op.type == "Mul" else 1.0 / value
    return factor


def _unscaled(op):
    """A function of a scaled tensor that returns the one before."""
    before = tensors.with_constant(op).other.name
    return lambda old: tf.identity(old.graph.get_tensor_by_name(before))


def _times(factor, old):
    return old * tf.cast(tf.constant(factor, tf.float64), old.dtype)


def _alike(place, product):
    """The product, and those of the same layers in another pass."""
    return [product] + [each for each in place.siblings(product) if each is not product]


def axis(place):
    """Yields weights that sum to one over the queries."""
    for softmax, _, _ in _scores(place):
        yield Change("attention's axis", "weights sum to one over the queries, in the reference "
                     "over the keys", "softmax(scores, axis=-1)", tuple(
                         rewiring.substituted([each.outputs[0].name], _of_queries)
                         for each in _alike(place, softmax)), True)


def _of_queries(old):
    return tf.nn.softmax(old.op.inputs[0], axis=-2)


ENTRIES = [
    Entry("attention's scale", _RUNGS,
          "scores divided by the root of the number of channels, or not", scale, "scores * ..."),
    Entry("attention's axis", _RUNGS, "weights that sum to one over the queries", axis,
          "softmax(scores, axis=-1)")]
