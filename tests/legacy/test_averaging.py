"""legacy.averaging against the recursion in NumPy; what is sampled, and what is left alone."""

from legacy import training  # before TensorFlow: sets how it is found
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches, sample_batch
from legacy.models import dense_gan
from tests import options_reference as reference

DECAY = 0.9


# In two phases, too, the averages move once a step.
@pytest.mark.parametrize("phases", ["simultaneous", "alternating"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_averages_follow_the_weights_and_images_are_sampled_with_them(dtype, phases, data_of):
    hparams = hyperparameters.make(
        "dense_gan", {"ema_decay": DECAY, "batch_size": 8, "phases": phases})
    batches = Batches(data_of("dense_gan"), hparams, dtype)
    with tf.Graph().as_default(), tf.Session() as session:
        program = dense_gan.program(hparams, dtype)
        operations = training.make_phases(program)
        training.initialize(session, 1)
        variables = {v.op.name: v for v in tf.trainable_variables()}
        averages = {name: v for v in tf.global_variables() for name in variables
                    if v.op.name == "train/{}/average".format(name)}
        expected = session.run(variables)
        assert len(averages) == len(variables) == 8
        np.testing.assert_equal(session.run(averages), expected)  # they start at the weights
        for step in range(1, 6):
            training.run_step(session, operations, batches(1, step))
            weights = session.run(variables)
            expected = {name: reference.averaged(expected[name], weights[name], DECAY, np.float32)
                        for name in weights}
            np.testing.assert_equal(session.run(averages), expected)

        before = session.run(tf.global_variables())
        count = len(tf.get_default_graph().get_operations())
        images = training.sample(session, program, sample_batch(hparams, 1, dtype))
        np.testing.assert_equal(session.run(tf.global_variables()), before)
        assert len(tf.get_default_graph().get_operations()) == count
    noise = sample_batch(hparams, 1, dtype)["sample/noise"]
    places = 1e-5 if dtype == "float32" else 1e-14
    np.testing.assert_allclose(images, reference.generated_numbers(noise, expected), rtol=places)
    assert np.max(np.abs(images - reference.generated_numbers(noise, weights))) > 1e-4


def test_without_decay_there_are_none():
    hparams = hyperparameters.make("dense_gan", {"batch_size": 8})
    with tf.Graph().as_default():
        training.make_phases(dense_gan.program(hparams, "float32"))
        assert not [v for v in tf.global_variables() if "average" in v.op.name]
