"""modern.models.dense_gan: the losses as D1 wrote them, and which weights are clipped."""

from modern import training  # before Keras: sets its backend
from modern.models import dense_gan
import keras
import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches, sample_batch

REAL = np.array([[-2.0], [0.5], [3.0]])
GENERATED = np.array([[1.5], [-0.25], [-4.0]])


def log_sigmoid(x):
    return -np.logaddexp(0.0, -x)


def test_losses_as_written_are_the_documents():
    losses = (dense_gan.as_written_generator_loss(tf.constant(GENERATED))
              | dense_gan.as_written_discriminator_losses(
                  tf.constant(REAL), tf.constant(GENERATED)))
    of_real = -log_sigmoid(REAL).mean()
    of_generated = log_sigmoid(-GENERATED).mean()
    assert {name: float(loss) for name, loss in losses.items()} == {
        "generator": pytest.approx(-log_sigmoid(GENERATED).mean()),
        "discriminator": pytest.approx(of_real + of_generated),
        "discriminator/real": pytest.approx(of_real),
        "discriminator/generated": pytest.approx(of_generated)}


def outside(name, shape):
    """Weights of +-1.5, so that D's hidden units cancel and its logits stay moderate."""
    signs = np.arange(np.prod(shape)).reshape(shape) // (1 if "logits" in name else 2) % 2
    return np.where(signs, -1.5, 1.5).astype(np.float32)


def train_step(program, batch):
    training.run_step(program,
                      {key: tf.constant(value) for key, value in batch.items()})


@pytest.mark.parametrize("variant,phases,clipped", [
    ("corrected", "simultaneous", True), ("corrected", "alternating", True),
    ("as_written", "simultaneous", False), ("as_written", "alternating", False)])
def test_weights_of_d_are_clipped_unless_as_written(variant, phases, clipped, data_of):
    hparams = hyperparameters.make("dense_gan", {"variant": variant, "phases": phases})
    program = dense_gan.program(hparams, "float32")
    for variable in program.model.trainable_variables:
        variable.assign(outside(variable.path, variable.shape))
    batches = Batches(data_of("dense_gan"), hparams)
    for step in (1, 2):
        train_step(program, batches(1, step))
        for variable in program.model.trainable_variables:
            value = np.abs(variable.numpy())
            inside = clipped and variable.path.startswith("discriminator/")
            assert np.all(value <= 1) if inside else np.all(value > 1.2), variable.path


def test_samples_are_numbers_between_0_and_1(data_of):
    hparams = hyperparameters.make("dense_gan", {})
    program = dense_gan.program(hparams, "float32")
    training.initialize(program.model, 1)
    train_step(program, Batches(data_of("dense_gan"), hparams)(1, 1))
    samples = training.sample(program, sample_batch(hparams, 1, "float32"))
    assert samples.shape == (1024, 1)
    assert 0 < samples.min() < 0.5 < samples.max() < 1


def test_keras_refuses_one_optimiser_for_two_networks():
    """Erratum 18, in Keras 3."""
    networks = dense_gan.generator(100), dense_gan.discriminator()
    variables = [network.trainable_variables for network in networks]
    optimizer = keras.optimizers.Adam(learning_rate=0.0002, beta_1=0.5)
    gradients = [[tf.ones_like(variable) for variable in own] for own in variables]
    optimizer.apply_gradients(zip(gradients[0], variables[0]))
    with pytest.raises(ValueError, match="Unknown variable"):
        optimizer.apply_gradients(zip(gradients[1], variables[1]))
