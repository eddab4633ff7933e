"""Changes of a weighted loss: its weights, and the number by which the sum is divided."""

from typing import NamedTuple

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry
from parity.common.rungs import LOSSES
from parity.reference.reading import tensors

_DIVISIONS = ("DivNoNan", "RealDiv", "Div")
_PASSED = tensors.PASSING + ("Sum",)


class _Weighted(NamedTuple):
    """Names of the tensors of a weighted loss.

    Attributes:
      product: losses times weights.
      weights, losses: the two factors.
    """

    product: str
    weights: str
    losses: str


def changes(place):
    """Yields a mean over all losses, or by the sum of weights, or without weights.

    The reference's mean is over the losses whose weight is not 0.
    """
    for op in place.operations():
        found = _weighted(op)
        if not found:
            continue
        for words, make in (
                ("the mean is over all numbers", lambda graph, name=found.product: tf.cast(
                    tf.size(graph.get_tensor_by_name(name)), tf.float32)),
                ("the sum is divided by that of the weights",
                 lambda graph, name=found.weights: tf.reduce_sum(graph.get_tensor_by_name(name)))):
            yield Change("weights of the loss", "{}, in the reference over those with a weight "
                         "that is not 0".format(words),
                         "ops.sum(losses * weights) / ops.count_nonzero(weights)",
                         (rewiring.given_instead(
                             [op.name], 1, lambda old, make=make: make(old.graph)),), True)
        yield Change("weights of the loss", "the loss has no weights", "losses * weights",
                     (rewiring.substituted(
                         [found.product], lambda old, name=found.losses: tf.broadcast_to(
                             old.graph.get_tensor_by_name(name), tf.shape(old))),), True)


def _weighted(op):
    """The `_Weighted` loss whose mean an operation computes, or None."""
    if op.type not in _DIVISIONS or op.inputs[0].shape.ndims != 0:
        return None
    product = tensors.through(op.inputs[0], _PASSED).op
    if product.type != "Mul":
        return None
    for weights, losses in (product.inputs, reversed(product.inputs)):
        kinds = {each.type for each in tensors.ancestors([weights])}
        if "Placeholder" in kinds and not kinds & set(tensors.VARIABLE_TYPES):
            return _Weighted(product.outputs[0].name, weights.name, losses.name)
    return None


ENTRIES = [Entry("weights of the loss", (LOSSES,),
                 "weights that are left out, another number that a weighted sum is divided by",
                 changes, "ops.sum(losses * weights) / ops.count_nonzero(weights)")]
