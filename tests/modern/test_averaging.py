"""modern.averaging against the recursion in NumPy; what is sampled, and what is left alone."""

from modern import training  # before Keras: sets its backend
import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches, sample_batch
from modern.models import dense_gan
from tests import options_reference as reference

DECAY = 0.9


def numbers_of(variables):
    return {variable.path: variable.numpy() for variable in variables}


# In two phases, too, the averages move once a step.
@pytest.mark.parametrize("phases", ["simultaneous", "alternating"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_averages_follow_the_weights_and_images_are_sampled_with_them(dtype, phases, data_of):
    hparams = hyperparameters.make(
        "dense_gan", {"ema_decay": DECAY, "batch_size": 8, "phases": phases})
    batches = Batches(data_of("dense_gan"), hparams, dtype)
    program = dense_gan.program(hparams, dtype)
    model = program.model
    training.initialize(model, 1)
    step_function = tf.function(
        lambda batch: training.run_step(program, batch))

    def averages():
        return {path[len("train/"):-len("/average")]: value
                for path, value in numbers_of(model.averages).items()}

    expected = numbers_of(model.trainable_variables)
    assert len(averages()) == len(expected) == 8
    np.testing.assert_equal(averages(), expected)  # they start at the weights
    for step in range(1, 6):
        step_function({key: tf.constant(value) for key, value in batches(1, step).items()})
        weights = numbers_of(model.trainable_variables)
        expected = {name: reference.averaged(expected[name], weights[name], DECAY, dtype)
                    for name in weights}
        np.testing.assert_equal(averages(), expected)

    before = numbers_of(model.variables)
    images = training.sample(program, sample_batch(hparams, 1, dtype))
    np.testing.assert_equal(numbers_of(model.variables), before)
    noise = sample_batch(hparams, 1, dtype)["sample/noise"]
    places = 1e-5 if dtype == "float32" else 1e-14
    np.testing.assert_allclose(images, reference.generated_numbers(noise, expected), rtol=places)
    assert np.max(np.abs(images - reference.generated_numbers(noise, weights))) > 1e-4


def test_without_decay_there_are_none():
    hparams = hyperparameters.make("dense_gan", {"batch_size": 8})
    model = dense_gan.program(hparams, "float32").model
    assert model.averages == []
    assert not [v for v in model.variables if "average" in v.path]
