"""legacy.models.dense_gan: the losses as D1 wrote them, and which weights are clipped."""

from legacy import training  # before TensorFlow: sets how tf.layers is found
from legacy.models import dense_gan
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches, sample_batch

REAL = np.array([[-2.0], [0.5], [3.0]])
GENERATED = np.array([[1.5], [-0.25], [-4.0]])


def log_sigmoid(x):
    return -np.logaddexp(0.0, -x)


@pytest.fixture(name="session", autouse=True)
def fixture_session():
    with tf.Graph().as_default():
        with tf.Session() as opened:
            yield opened


def test_losses_as_written_are_the_documents(session):
    real, generated = tf.constant(REAL), tf.constant(GENERATED)
    losses = session.run(dict(dense_gan.as_written_generator_loss(generated),
                              **dense_gan.as_written_discriminator_losses(real, generated)))
    of_real = -log_sigmoid(REAL).mean()
    of_generated = log_sigmoid(-GENERATED).mean()
    assert losses == {
        "generator": pytest.approx(-log_sigmoid(GENERATED).mean()),
        "discriminator": pytest.approx(of_real + of_generated),
        "discriminator/real": pytest.approx(of_real),
        "discriminator/generated": pytest.approx(of_generated)}


def outside(name, shape):
    """Weights of +-1.5, so that D's hidden units cancel and its logits stay moderate."""
    signs = np.arange(np.prod(shape)).reshape(shape) // (1 if "logits" in name else 2) % 2
    return np.where(signs, -1.5, 1.5).astype(np.float32)


@pytest.mark.parametrize("variant,phases,clipped", [
    ("corrected", "simultaneous", True), ("corrected", "alternating", True),
    ("as_written", "simultaneous", False), ("as_written", "alternating", False)])
def test_weights_of_d_are_clipped_unless_as_written(variant, phases, clipped, session, data_of):
    hparams = hyperparameters.make("dense_gan", {"variant": variant, "phases": phases})
    operations = training.make_phases(dense_gan.program(hparams, "float32"))
    training.initialize(session, 1)
    for variable in tf.trainable_variables():
        variable.load(outside(variable.op.name, variable.shape.as_list()), session)
    batches = Batches(data_of("dense_gan"), hparams)
    for step in (1, 2):
        training.run_step(session, operations, batches(1, step))
        for variable in tf.trainable_variables():
            value = np.abs(session.run(variable))
            inside = clipped and variable.op.name.startswith("discriminator/")
            assert np.all(value <= 1) if inside else np.all(value > 1.2), variable.op.name


def test_samples_are_numbers_between_0_and_1(session, data_of):
    hparams = hyperparameters.make("dense_gan", {})
    program = dense_gan.program(hparams, "float32")
    operations = training.make_phases(program)
    training.initialize(session, 1)
    training.run_step(session, operations, Batches(data_of("dense_gan"), hparams)(1, 1))
    samples = training.sample(session, program, sample_batch(hparams, 1, "float32"))
    assert samples.shape == (1024, 1)
    assert 0 < samples.min() < 0.5 < samples.max() < 1
