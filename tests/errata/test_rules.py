"""Rows 25 to 27 of the ledger: update rules as the documents print them, beside those in use."""

from legacy import optimizers  # before TensorFlow: sets how it is found
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import optimizers as settings

RATE = 2e-4


def steps(numbers, gradients):
    """How far a weight moves at each gradient, in learning rates, in float64."""
    with tf.Graph().as_default():
        theta = tf.get_variable("theta", initializer=np.float64(0), use_resource=True)
        fed = tf.placeholder(tf.float64, [])
        optimizer = optimizers.make(numbers, np.float64(numbers.learning_rate), "float64")
        train_op = optimizer.apply_gradients([(fed, theta)])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            places = [0.0]
            for gradient in gradients:
                session.run(train_op, {fed: gradient})
                places.append(session.run(theta))
    return -np.diff(places) / numbers.learning_rate


# Row 25: D0's Adam has no bias correction; what D0 says of RMSprop and of clipping.


@pytest.mark.parametrize("gradient", [1e-3, 1.0, 1e3])
def test_row_25_document_starts_with_15_8_learning_rates(gradient):
    """(1 - beta1) / sqrt(1 - beta2), whatever the gradient."""
    numbers = settings.AdamD0(RATE, beta1=0.5, beta2=0.999, epsilon=1e-12)
    assert steps(numbers, [gradient])[0] == pytest.approx(15.8114, abs=1e-4)


def test_row_25_document_steps_too_far_for_a_thousand_steps():
    found = steps(settings.AdamD0(RATE, beta1=0.5, epsilon=1e-12), [1.0] * 1000)
    t = np.arange(1, 1001)
    np.testing.assert_allclose(found, (1 - 0.5 ** t) / np.sqrt(1 - 0.999 ** t), rtol=1e-6)
    assert found.max() == pytest.approx(16.8, abs=0.1)
    assert found.min() == pytest.approx(1.26, abs=0.01)


@pytest.mark.parametrize("gradient", [1e-3, 1.0, 1e3])
def test_row_25_repair_starts_with_one_learning_rate(gradient):
    np.testing.assert_allclose(
        steps(settings.Adam(RATE, beta1=0.5), [gradient] * 100), np.ones(100), rtol=4e-4)


def test_row_25_document_calls_rmsprop_momentum_based():
    """What sums gradients moves on when they end; RMSprop does not."""
    assert steps(settings.RmsProp(RATE), [1.0, 0.0])[1] == 0
    assert steps(settings.Momentum(RATE), [1.0, 0.0])[1] == pytest.approx(0.9)


def test_row_25_document_would_cure_vanishing_gradients_by_clipping():
    small = np.full(10, 1e-6)
    with tf.Session() as session:
        clipped = session.run([
            tf.clip_by_value(small, -1.0, 1.0), tf.clip_by_norm(small, 1.0),
            tf.clip_by_global_norm([small], 1.0)[0][0]])
    for gradient in clipped:
        np.testing.assert_allclose(gradient, small, rtol=1e-15)


# Row 26: D3's Adam keeps v and never divides by its root.


def test_row_26_document_steps_as_far_as_the_gradient_is_large():
    for gradient in (1e-3, 1.0, 1e3):
        assert steps(settings.AdamD3(RATE), [gradient] * 50) == pytest.approx(
            np.full(50, gradient))


def test_row_26_document_does_not_depend_on_the_second_moment():
    gradients = np.random.RandomState(0).standard_normal(50)
    np.testing.assert_array_equal(
        steps(settings.AdamD3(RATE, beta2=0.1), gradients),
        steps(settings.AdamD3(RATE, beta2=0.999), gradients))


def test_row_26_repair_steps_equally_far_whatever_the_gradient():
    gradients = np.random.RandomState(0).standard_normal(50)
    numbers = settings.Adam(RATE, epsilon=1e-300)
    np.testing.assert_allclose(
        steps(numbers, 1e3 * gradients), steps(numbers, gradients), rtol=1e-9)


# Row 27: D3's RMSprop starts v at zero and adds epsilon outside the root.


def test_row_27_document_starts_300_times_as_far_as_tf_train():
    document, tf_train = (
        steps(numbers, [0.01])[0] for numbers in (settings.RmsPropD3(), settings.RmsProp()))
    assert document == pytest.approx(1 / np.sqrt(0.1), rel=1e-6)
    assert tf_train == pytest.approx(0.01 / np.sqrt(0.9 + 0.1 * 0.01 ** 2), rel=1e-6)
    assert document / tf_train == pytest.approx(300.0, abs=0.1)


def test_row_27_document_has_epsilon_outside_the_root():
    document = settings.RmsPropD3(RATE, decay=0.9, epsilon=1e-2)
    assert steps(document, [1e-6])[0] == pytest.approx(1e-6 / (np.sqrt(1e-13) + 1e-2))


def test_row_27_repair_has_it_inside_and_forgets_its_start():
    numbers = settings.RmsProp(RATE, decay=0.5, epsilon=1e-2)
    found = steps(numbers, [1e-3] * 100)
    assert found[0] == pytest.approx(1e-3 / np.sqrt(0.5 + 0.5e-6 + 1e-2))
    assert found[-1] == pytest.approx(1e-3 / np.sqrt(1e-6 + 1e-2))
