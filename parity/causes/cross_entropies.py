"""Cross-entropies of logits in a graph, and what Keras computes where they are no logits."""

from typing import Any, NamedTuple

import tensorflow.compat.v1 as tf

# Keras keeps probabilities so far from 0 and 1.
_LEAST = 1e-7


class Sigmoid(NamedTuple):
    """`tf.nn.sigmoid_cross_entropy_with_logits` in a graph.

    Attributes:
      product: the operation that multiplies logits and labels.
      logits, labels: numbers of its inputs.
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


def of_shares(sigmoid):
    """Function of the cross-entropy that takes the logits for probabilities."""
    logits, labels = (sigmoid.product.inputs[place].name
                      for place in (sigmoid.logits, sigmoid.labels))

    def make(old):
        share = tf.clip_by_value(old.graph.get_tensor_by_name(logits), _LEAST, 1.0 - _LEAST)
        label = old.graph.get_tensor_by_name(labels)
        return -(label * tf.log(share) + (1.0 - label) * tf.log(1.0 - share))
    return make


def twice(sigmoid):
    """Function of the cross-entropy that takes the sigmoid of the logits for logits."""
    logits, labels = (sigmoid.product.inputs[place].name
                      for place in (sigmoid.logits, sigmoid.labels))
    return lambda old: tf.nn.sigmoid_cross_entropy_with_logits(
        logits=tf.sigmoid(old.graph.get_tensor_by_name(logits)),
        labels=old.graph.get_tensor_by_name(labels))


def _of_shares_of_a_sum(old):
    """As categorical_crossentropy has it: first a sum of 1, then bounds."""
    given, labels = old.op.inputs[0], old.op.inputs[1]
    shares = tf.clip_by_value(given / tf.reduce_sum(given, -1, keepdims=True), _LEAST,
                              1.0 - _LEAST)
    if labels.dtype.is_integer:
        labels = tf.one_hot(labels, tf.shape(given)[-1], dtype=given.dtype)
    return -tf.reduce_sum(labels * tf.log(shares), -1)


def _of_bounded_shares(old):
    """As sparse_categorical_crossentropy has it: first bounds, then a sum of 1."""
    shares = tf.clip_by_value(old.op.inputs[0], _LEAST, 1.0 - _LEAST)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=old.op.inputs[1], logits=tf.log(shares))


# {type of the operation: functions of its output that take its logits for probabilities}
TAKEN_FOR_SHARES = {
    "SoftmaxCrossEntropyWithLogits": (_of_shares_of_a_sum,),
    "SparseSoftmaxCrossEntropyWithLogits": (_of_bounded_shares, _of_shares_of_a_sum)}
