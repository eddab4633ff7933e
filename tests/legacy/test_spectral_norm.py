"""legacy.spectral_norm against NumPy's singular values."""

from legacy import training  # before TensorFlow: sets how tf.layers is found
from legacy import spectral_norm
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork.training_options import TrainingOptions

assert training


def normal(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape)


@pytest.fixture(name="session", autouse=True)
def fixture_session():
    with tf.Graph().as_default():
        with tf.Session() as opened:
            yield opened


def dense(session, passes=1):
    """A layer of kernel [5, 4] in float64, used several times; {name: variable}, last outputs."""
    x = tf.constant(normal(3, 5))
    for number in range(passes):
        with tf.variable_scope("d", reuse=number > 0, custom_getter=spectral_norm.custom_getter):
            outputs = tf.layers.dense(x, 4, name="dense")
    variables = {variable.op.name: variable for variable in tf.global_variables()}
    session.run(tf.global_variables_initializer(), {
        variables["d/dense/" + leaf].initializer.inputs[1]: value
        for leaf, value in (("kernel", normal(5, 4)), ("u", normal(1, 4)))})
    return variables, outputs


def test_the_norm_becomes_the_largest_singular_value(session):
    variables, outputs = dense(session)
    assert [variable.op.name for variable in tf.trainable_variables()] == [
        "d/dense/kernel", "d/dense/bias"]
    updates = spectral_norm.updates(TrainingOptions())
    for _ in range(200):
        session.run(updates)
    matrix = normal(5, 4)
    np.testing.assert_allclose(
        session.run(outputs), normal(3, 5) @ matrix / np.linalg.svd(matrix)[1][0], rtol=1e-11)
    assert np.linalg.norm(session.run(variables["d/dense/u"])) == pytest.approx(1.0, rel=1e-9)


def test_one_iteration_and_its_gradient_are_those_of_the_paper(session):
    variables, outputs = dense(session)
    w, u, slope = normal(5, 4), normal(1, 4)[0], normal(3, 5)
    v = w @ u / np.linalg.norm(w @ u)
    u = v @ w / np.linalg.norm(v @ w)
    sigma = v @ w @ u
    np.testing.assert_allclose(session.run(outputs), slope @ w / sigma, rtol=1e-10)
    of_kernel = slope.T @ np.ones([3, 4])  # of the sum of all outputs, to the kernel in use
    expected = of_kernel / sigma - np.sum(of_kernel * w) / sigma ** 2 * np.outer(v, u)
    gradient, = tf.gradients(outputs, [variables["d/dense/kernel"]])
    np.testing.assert_allclose(session.run(gradient), expected, rtol=1e-9)


def test_the_vector_moves_once_however_many_passes_there_were(session):
    variables, outputs = dense(session, passes=3)
    assert spectral_norm.updates(TrainingOptions(freeze="d/dense")) == []
    update, = spectral_norm.updates(TrainingOptions())
    session.run(outputs)
    np.testing.assert_array_equal(session.run(variables["d/dense/u"]), normal(1, 4))
    session.run(update)
    once = normal(1, 4) @ normal(5, 4).T @ normal(5, 4)
    np.testing.assert_allclose(
        session.run(variables["d/dense/u"]), once / np.linalg.norm(once), rtol=1e-11)
