"""The formula that stands for fused batch norm, against the fused kernel and NumPy."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity.reference import batch_norm
from parity.reference import float64_graph
from parity.reference import precision

X = np.random.RandomState(1).standard_normal((3, 4, 5, 2)).astype(np.float32)
DY = np.random.RandomState(2).standard_normal((3, 4, 5, 2)).astype(np.float32)
SCALE, OFFSET = np.array([0.5, 2.0], np.float32), np.array([0.1, -0.3], np.float32)
EPSILON = float(np.float32(0.01))  # as it is stored
MEAN, VARIANCE = np.array([0.2, -0.1], np.float32), np.array([1.5, 0.7], np.float32)


def graph_of(training):
    """A fused batch norm and the gradients of `sum(y * DY)`; names of what is fetched."""
    graph = tf.Graph()
    with graph.as_default():
        x, scale, offset = tf.constant(X), tf.constant(SCALE), tf.constant(OFFSET)
        y, mean, variance = tf.nn.fused_batch_norm(
            x, scale, offset, mean=None if training else tf.constant(MEAN),
            variance=None if training else tf.constant(VARIANCE), is_training=training,
            epsilon=0.01)
        gradients = tf.gradients(tf.reduce_sum(y * DY), [x, scale, offset])
        fetched = [y] + ([mean, variance] if training else []) + gradients
        return graph, [tensor.name for tensor in fetched]


def run(graph, names):
    with tf.Session(graph=graph) as session:
        return session.run(names)


def rewritten(graph):
    other = tf.Graph()
    with other.as_default():
        tf.import_graph_def(float64_graph.to_float64(
            graph.as_graph_def(), precision.as_stored).graph_def, name="")
    return other



def test_the_formula_of_a_gradient_waits_for_all_that_the_kernel_waits_for():
    """It reads the scale, which may lie in a variable's buffer that is written before dy is there.
    """
    other = rewritten(graph_of(True)[0])
    inside = [op for op in other.get_operations() if "FusedBatchNormGrad" in op.name]
    assert len(inside) > 10
    for op in inside:
        assert "gradients/mul_grad/Mul" in {each.name for each in op.control_inputs}


@pytest.mark.parametrize("training", [True, False])
def test_formula_gives_what_the_fused_kernel_gives(training):
    graph, names = graph_of(training)
    other = rewritten(graph)
    assert not {op.type for op in other.get_operations()} & {
        "FusedBatchNormV3", "FusedBatchNormGradV3"}
    present = {op.name for op in other.get_operations()}
    moved = [name if name.split(":")[0] in present else "{}/float64_{}:0".format(
        *name.split(":")) for name in names]
    for fused, plain in zip(run(graph, names), run(other, moved)):
        assert plain.dtype == np.float64
        np.testing.assert_allclose(plain, fused, rtol=2e-5, atol=2e-6)


def test_training_uses_the_batch_and_shows_the_unbiased_variance():
    graph, names = graph_of(True)
    y, mean, variance = run(rewritten(graph), [
        "{}/float64_{}:0".format(*name.split(":")) for name in names[:3]])
    x = X.astype(np.float64)
    centred = x - x.mean((0, 1, 2))
    np.testing.assert_allclose(mean, x.mean((0, 1, 2)), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(variance, (centred ** 2).sum((0, 1, 2)) / 59, rtol=1e-12)
    np.testing.assert_allclose(
        y, centred / np.sqrt(x.var((0, 1, 2)) + EPSILON) * SCALE + OFFSET.astype(float), rtol=1e-12)


def test_biased_in_float32_shows_the_batchs_variance_and_changes_nothing_else():
    graph, names = graph_of(True)
    shown = names[2]
    with graph.as_default():
        outside = tf.identity(graph.get_tensor_by_name(shown), "outside").name
    other = tf.Graph()
    with other.as_default():
        tf.import_graph_def(batch_norm.biased_in_float32(graph.as_graph_def()), name="")
    np.testing.assert_allclose(run(other, [outside])[0], X.var((0, 1, 2)), rtol=1e-6)
    np.testing.assert_allclose(run(graph, [outside])[0], X.var((0, 1, 2)) * 60 / 59, rtol=1e-6)
    for fused, edited in zip(run(graph, names), run(other, names)):
        assert fused.tobytes() == edited.tobytes()
