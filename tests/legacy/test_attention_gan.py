"""legacy.models.attention_gan: hinge losses, two rates, and what sampling leaves alone."""

from legacy import training  # before TensorFlow: sets how tf.layers is found
from legacy.models import attention_gan
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import of_digits, sample_batch

REAL, GENERATED = np.array([[1.5], [-0.5]]), np.array([[0.5], [-2.5]])


@pytest.fixture(name="session", autouse=True)
def fixture_session():
    with tf.Graph().as_default():
        with tf.Session() as opened:
            yield opened


def build(**flags):
    """(hyper-parameters, program, its phases), with weights drawn from seed 1."""
    hparams = hyperparameters.make("attention_gan", dict({"batch_size": 2}, **flags))
    program = attention_gan.program(hparams, "float32")
    phases = training.make_phases(program)
    training.initialize(tf.get_default_session(), 1)
    return hparams, program, phases


def test_the_hinge_leaves_alone_what_is_on_its_side(session):
    values = session.run(attention_gan.discriminator_losses(
        tf.constant(REAL), tf.constant(GENERATED)))
    assert values == {
        "discriminator": 1.5, "discriminator/real": 0.75, "discriminator/generated": 0.75}
    assert session.run(attention_gan.generator_loss(tf.constant(GENERATED))["generator"]) == 1.0


@pytest.mark.parametrize("schedule,factor", [
    pytest.param({}, 1.0, marks=pytest.mark.slow),
    ({"schedule": "step", "decay_steps": 1, "decay_rate": 0.5}, 0.5)])
def test_each_network_has_its_rate_and_the_schedule_acts_on_both(schedule, factor, session):
    hparams, program, phases = build(
        learning_rate=1e-3, discriminator_learning_rate=1e-30, **schedule)
    training.run_step(session, phases, of_digits(hparams)(1, 1))
    found = [session.run(tf.convert_to_tensor(phase.updates[0].learning_rate))
             for phase in program.phases]
    assert found == [pytest.approx(1e-3 * factor), pytest.approx(1e-30 * factor)]


def test_sampling_moves_no_vector_and_each_phase_moves_all(session):
    hparams, program, phases = build()
    vectors = [variable for variable in tf.global_variables() if variable.op.name.endswith("/u")]
    assert len(vectors) == 16
    before = session.run(vectors)
    images = training.sample(session, program, sample_batch(hparams, 1, count=3))
    assert images.shape == (3, 32, 32, 3) and np.abs(images).max() < 1
    for ours, theirs in zip(session.run(vectors), before):
        np.testing.assert_array_equal(ours, theirs)
    batch = of_digits(hparams)(1, 1)
    training.run_step(session, phases[:1], batch)
    for ours, theirs in zip(session.run(vectors), before):
        assert np.any(ours != theirs)
        assert np.linalg.norm(ours) == pytest.approx(1.0, rel=1e-5)
