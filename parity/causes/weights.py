"""Changes of a weighted loss: what its weights count, and over how many it is averaged."""

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry
from parity.reference.reading import tensors

_DIVISIONS = ("DivNoNan", "RealDiv", "Div")
_PASSED = tensors.PASSING + ("Sum",)


def changes(place):
    """Yields a mean over all, or by the sum of weights, for that over weights that are not 0."""
    for op in place.operations():
        product = _weighted(op)
        if not product:
            continue
        weighted, weights, losses = product
        for words, make in (
                ("the mean is over all numbers", lambda graph, name=weighted: tf.cast(
                    tf.size(graph.get_tensor_by_name(name)), tf.float32)),
                ("the sum is divided by that of the weights",
                 lambda graph, name=weights: tf.reduce_sum(graph.get_tensor_by_name(name)))):
            yield Change("weights of the loss", "{}, in the reference over those with a weight "
                         "that is not 0".format(words),
                         "ops.sum(losses * weights) / ops.count_nonzero(weights)",
                         (rewiring.given_instead(
                             [op.name], 1, lambda old, make=make: make(old.graph)),), True)
        yield Change("weights of the loss", "the loss has no weights", "losses * weights",
                     (rewiring.substituted([weighted], lambda old, name=losses: tf.broadcast_to(
                         old.graph.get_tensor_by_name(name), tf.shape(old))),), True)


def _weighted(op):
    """(names of the weighted losses, of the weights, of the losses) of a weighted mean, or None."""
    if op.type not in _DIVISIONS or op.inputs[0].shape.ndims != 0:
        return None
    product = tensors.through(op.inputs[0], _PASSED).op
    if product.type != "Mul":
        return None
    for weights, losses in (product.inputs, reversed(product.inputs)):
        kinds = {each.type for each in tensors.ancestors([weights])}
        if "Placeholder" in kinds and not kinds & set(tensors.VARIABLE_TYPES):
            return product.outputs[0].name, weights.name, losses.name
    return None


ENTRIES = [Entry("weights of the loss", (4,), "weights that are left out, another number that a "
                 "weighted sum is divided by", changes,
                 "ops.sum(losses * weights) / ops.count_nonzero(weights)")]
