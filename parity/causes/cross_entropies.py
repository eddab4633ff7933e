"""Cross-entropies of logits in a graph, and Keras's formulas where logits go for probabilities."""

from typing import Any, NamedTuple

import tensorflow.compat.v1 as tf

# Keras clips probabilities to this distance from 0 and 1.
_LEAST = 1e-7


class Sigmoid(NamedTuple):
    """`tf.nn.sigmoid_cross_entropy_with_logits` in a graph.

    Attributes:
      product: the operation that multiplies logits and labels.
      logits, labels: positions of both among its inputs, 0 and 1.
    """

    product: Any
    logits: int
    labels: int


def of_sigmoid(op):
    """The `Sigmoid` that an operation ends, relu(x) - x z + log1p(exp(-|x|)), or None."""
    if op.type not in ("Add", "AddV2") or len(op.inputs) != 2:
        return None
    before, softplus = (given.op for given in op.inputs)
    if softplus.type != "Log1p" or before.type != "Sub" or before.inputs[1].op.type != "Mul":
        return None
    product = before.inputs[1].op
    for place in (0, 1):
        users = {use.type for use in product.inputs[place].consumers()}
        if "GreaterEqual" in users:
            return Sigmoid(product, place, 1 - place)
    return None


def from_probabilities(sigmoid):
    """Returns a function of the cross-entropy's tensor that takes its logits for probabilities."""
    logits, labels = (sigmoid.product.inputs[place].name
                      for place in (sigmoid.logits, sigmoid.labels))

    def make(old):
        probability = tf.clip_by_value(
            old.graph.get_tensor_by_name(logits), _LEAST, 1.0 - _LEAST)
        label = old.graph.get_tensor_by_name(labels)
        return -(label * tf.log(probability) + (1.0 - label) * tf.log(1.0 - probability))
    return make


def twice(sigmoid):
    """Returns a function of the cross-entropy's tensor that takes sigmoid(logits) for logits."""
    logits, labels = (sigmoid.product.inputs[place].name
                      for place in (sigmoid.logits, sigmoid.labels))
    return lambda old: tf.nn.sigmoid_cross_entropy_with_logits(
        logits=tf.sigmoid(old.graph.get_tensor_by_name(logits)),
        labels=old.graph.get_tensor_by_name(labels))


def _normalised_then_clipped(old):
    """Keras's categorical_crossentropy of the logits as probabilities: to a sum of 1, then clipped.

    Args:
      old: the cross-entropy, [batch] of logits [batch, classes].
    """
    given, labels = old.op.inputs[0], old.op.inputs[1]
    probabilities = tf.clip_by_value(given / tf.reduce_sum(given, -1, keepdims=True), _LEAST,
                                     1.0 - _LEAST)
    if labels.dtype.is_integer:
        labels = tf.one_hot(labels, tf.shape(given)[-1], dtype=given.dtype)
    return -tf.reduce_sum(labels * tf.log(probabilities), -1)


def _clipped_then_normalised(old):
    """Keras's sparse_categorical_crossentropy of the logits as probabilities: clipped first.

    Args:
      old: the cross-entropy, [batch] of logits [batch, classes].
    """
    probabilities = tf.clip_by_value(old.op.inputs[0], _LEAST, 1.0 - _LEAST)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=old.op.inputs[1], logits=tf.log(probabilities))


# {type of the operation: functions of its output that take its logits for probabilities}
FROM_PROBABILITIES = {
    "SoftmaxCrossEntropyWithLogits": (_normalised_then_clipped,),
    "SparseSoftmaxCrossEntropyWithLogits": (_clipped_then_normalised, _normalised_then_clipped)}
