"""legacy.gradients: penalties, clipping and accumulation against NumPy."""

import importlib

from legacy import gradients  # before TensorFlow: sets how it is found
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches
from groundwork.training_options import TrainingOptions
from legacy import training
from tests import options_reference as reference

WEIGHTS = np.array([[1.5, -2.0], [0.0, 0.25]])
GRADIENTS = {"net/kernel": np.array([[0.5, -0.1], [3.0, 0.0]]),
             "net/bias": np.array([[-4.0, 0.2], [0.1, 0.3]]),
             "conv/weights": np.array([[0.1, 0.2], [-0.3, 0.4]])}


def finished(options, dtype="float64"):
    """What an optimiser is given for `GRADIENTS`, all of variables that hold `WEIGHTS`."""
    with tf.Graph().as_default(), tf.Session() as session:
        variables = [tf.get_variable(name, initializer=WEIGHTS.astype(dtype))
                     for name in GRADIENTS]
        given = [tf.constant(gradient, dtype) for gradient in GRADIENTS.values()]
        session.run(tf.global_variables_initializer())
        return dict(zip(GRADIENTS, session.run(gradients.finished(given, variables, options))))


def penalized(l1, l2):
    return {name: gradient if name == "net/bias" else reference.penalized(
        gradient, WEIGHTS, l1, l2) for name, gradient in GRADIENTS.items()}


@pytest.mark.parametrize("dtype,places", [("float32", 1e-6), ("float64", 1e-15)])
@pytest.mark.parametrize("l1,l2", [(0.5, 0.0), (0.0, 0.25), (0.5, 0.25)])
def test_penalties_are_on_kernels_only(l1, l2, dtype, places):
    found = finished(TrainingOptions(l1=l1, l2=l2), dtype)
    for name, expected in penalized(l1, l2).items():
        assert found[name].dtype == dtype
        np.testing.assert_allclose(found[name], expected, rtol=places, err_msg=name)
    np.testing.assert_array_equal(found["net/bias"], GRADIENTS["net/bias"].astype(dtype))


def test_without_tools_gradients_are_left_alone():
    with tf.Graph().as_default():
        variable = tf.get_variable("net/kernel", initializer=WEIGHTS)
        gradient = tf.constant(WEIGHTS)
        assert gradients.finished([gradient], [variable], TrainingOptions()) == [gradient]


@pytest.mark.parametrize("limit", [0.5, 5.0, 100.0])
def test_the_norm_is_that_of_all_gradients_together(limit):
    found = finished(TrainingOptions(gradient_clip_norm=limit))
    for name, expected in zip(GRADIENTS, reference.clipped_norm(GRADIENTS.values(), limit)):
        np.testing.assert_allclose(found[name], expected, rtol=1e-15)
    norm = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in found.values()))
    assert norm == pytest.approx(min(limit, np.sqrt(25.7)), rel=1e-14)


def test_each_value_is_bounded():
    found = finished(TrainingOptions(gradient_clip_value=0.25))
    for name, gradient in GRADIENTS.items():
        np.testing.assert_array_equal(found[name], np.clip(gradient, -0.25, 0.25))


def test_penalties_come_first_then_the_norm_then_the_values():
    found = finished(TrainingOptions(
        l1=0.5, l2=0.25, gradient_clip_norm=2.0, gradient_clip_value=0.75))
    clipped = reference.clipped_norm(penalized(0.5, 0.25).values(), 2.0)
    for name, expected in zip(GRADIENTS, clipped):
        np.testing.assert_allclose(found[name], np.clip(expected, -0.75, 0.75), rtol=1e-15)
    assert np.max(np.abs(found["net/bias"])) == 0.75  # the last bound holds exactly


def trained(model, hparams, batches, steps):
    """(Losses of each step, weights after the last)."""
    build = importlib.import_module("legacy.models." + model).program
    with tf.Graph().as_default(), tf.Session() as session:
        phases = training.make_phases(build(hparams, "float64"))
        training.initialize(session, 1)
        losses = [training.run_step(session, phases, batches(step + 1)) for step in range(steps)]
        return losses, session.run({v.op.name: v for v in tf.trainable_variables()})


@pytest.mark.parametrize("count", [pytest.param(2, marks=pytest.mark.slow), 3])
@pytest.mark.parametrize("model,values", reference.ACCUMULATED)
def test_small_batches_together_are_one_large_batch(model, values, count, data_of):
    values = dict(values, optimizer="sgd", learning_rate=1e-3, batch_size=4)
    several = hyperparameters.make(model, dict(values, accumulate_steps=count))
    batches = Batches(data_of(model), several, "float64")
    losses, weights = trained(model, several, lambda step: batches(1, step), 3)
    expected_losses, expected = trained(
        model, hyperparameters.make(model, dict(values, batch_size=4 * count)),
        lambda step: reference.whole_batch(batches(1, step), count), 3)
    assert sorted(weights) == sorted(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(weights[name], value, rtol=0, atol=1e-12, err_msg=name)
    for found, of_one in zip(losses, expected_losses):
        assert sorted(found) == sorted(of_one)
        for phase in of_one:
            assert found[phase] == pytest.approx(of_one[phase], rel=1e-12)


def test_accumulated_losses_are_the_mean():
    losses = [{"vae": np.float32(value)} for value in (1.0, 2.0, 6.0)]
    mean = gradients.mean_losses(losses)
    assert mean == {"vae": 3.0}
    assert mean["vae"].dtype == np.float32
