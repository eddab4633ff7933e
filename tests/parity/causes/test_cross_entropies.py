"""Cross-entropies of logits in a graph, and those of what are no logits, against NumPy."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity.causes import cross_entropies

LOGITS = np.array([[2.0, -1.0, 0.5], [0.25, 0.75, 3.0]])
LABELS = np.array([[1.0, 0.0, 0.25], [0.0, 1.0, 0.5]])
CLASSES = np.array([2, 0])


def ran(make):
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(make())


def sigmoid():
    """(the output, the `Sigmoid`) of TensorFlow's cross-entropy of logits."""
    loss = tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.constant(LABELS), logits=tf.constant(LOGITS) + 0.0)
    return loss, cross_entropies.of_sigmoid(loss.op)


def test_the_cross_entropy_of_a_sigmoid_is_found_by_its_formula():
    with tf.Graph().as_default():
        loss, found = sigmoid()
        logits, labels = (found.product.inputs[place] for place in (found.logits, found.labels))
        assert found.product in {given.op for given in loss.op.inputs[0].op.inputs}
        assert (logits.op.type, labels.op.type) == ("AddV2", "Const")
        assert cross_entropies.of_sigmoid((loss + 1.0).op) is None
        assert cross_entropies.of_sigmoid(tf.log1p(loss).op) is None


def test_logits_that_are_taken_for_probabilities_are_bounded():
    def make():
        loss, found = sigmoid()
        return cross_entropies.from_probabilities(found)(loss)
    share = np.clip(LOGITS, 1e-7, 1 - 1e-7)
    expected = -(LABELS * np.log(share) + (1 - LABELS) * np.log(1 - share))
    np.testing.assert_allclose(ran(make), expected, rtol=1e-6)


def test_a_sigmoid_that_is_taken_for_logits_is_one_twice():
    def make():
        loss, found = sigmoid()
        return cross_entropies.twice(found)(loss)
    logits = 1 / (1 + np.exp(-LOGITS))
    np.testing.assert_allclose(
        ran(make), np.log1p(np.exp(logits)) - LABELS * logits, rtol=1e-12)


@pytest.mark.parametrize("number,first", [(0, "bounds"), (1, "a sum of 1")])
def test_classes_of_what_are_no_logits(number, first):
    def make():
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.constant(CLASSES), logits=tf.constant(LOGITS))
        op = next(op for op in loss.graph.get_operations() if op.type.startswith("SparseSoftmax"))
        return cross_entropies.FROM_PROBABILITIES[op.type][number](op.outputs[0])
    bounded = np.clip(LOGITS, 1e-7, 1 - 1e-7)
    shares = bounded / bounded.sum(1, keepdims=True) if first == "bounds" else np.clip(
        LOGITS / LOGITS.sum(1, keepdims=True), 1e-7, 1 - 1e-7)
    np.testing.assert_allclose(ran(make), -np.log(shares[range(2), CLASSES]), rtol=1e-6)
