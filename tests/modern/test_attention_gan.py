"""modern.models.attention_gan: hinge losses, two rates, sizes, and what sampling leaves alone."""

from modern import training  # before Keras: sets its backend
from modern.models import attention_gan
import numpy as np
import pytest

from groundwork import hyperparameters
from groundwork.data.batches import of_digits, sample_batch

REAL, GENERATED = np.array([[1.5], [-0.5]]), np.array([[0.5], [-2.5]])


def build(**flags):
    """(hyper-parameters, program), with weights drawn from seed 1."""
    hparams = hyperparameters.make("attention_gan", dict({"batch_size": 2}, **flags))
    program = attention_gan.program(hparams, "float32")
    training.initialize(program.model, 1)
    return hparams, program


def rates(program):
    return {loss: float(optimizer.learning_rate)
            for loss, optimizer in program.model.loss_optimizers.items()}


def test_the_hinge_leaves_alone_what_is_on_its_side():
    values = attention_gan.discriminator_losses(REAL, GENERATED)
    assert {name: float(value) for name, value in values.items()} == {
        "discriminator": 1.5, "discriminator/real": 0.75, "discriminator/generated": 0.75}
    assert float(attention_gan.generator_loss(GENERATED)["generator"]) == 1.0


@pytest.mark.parametrize("schedule", [
    {"schedule": "step", "decay_steps": 1, "decay_rate": 0.5},
    {"schedule": "plateau", "decay_steps": 1, "decay_rate": 0.5, "patience": 1}])
def test_each_network_has_its_rate_and_the_schedule_acts_on_both(schedule):
    hparams, program = build(learning_rate=1e-3, discriminator_learning_rate=1e-30, **schedule)
    assert rates(program) == {
        "generator": pytest.approx(1e-3), "discriminator": pytest.approx(1e-30)}
    if schedule["schedule"] == "plateau":
        for update in [phase.updates[0] for phase in program.phases]:
            update.plateau.observe(1.0), update.plateau.observe(1.0)
    else:
        for step in (1, 2):
            training.run_step(program, of_digits(hparams)(1, step))
    expected = 0.5 if schedule["schedule"] == "plateau" else 0.25
    assert rates(program) == {"generator": pytest.approx(1e-3 * expected),
                              "discriminator": pytest.approx(1e-30 * expected)}


@pytest.mark.parametrize("size", [32, pytest.param(64, marks=pytest.mark.slow)])
def test_sampling_gives_images_of_the_size_and_moves_no_vector(size):
    hparams, program = build(image_size=size)
    before = {variable.path: variable.numpy() for variable in program.model.variables}
    images = training.sample(program, sample_batch(hparams, 1, count=3))
    assert images.shape == (3, size, size, 3) and np.abs(images).max() < 1
    assert sum(name.endswith("/u") for name in before) == {32: 16, 64: 18}[size]
    for variable in program.model.variables:
        np.testing.assert_array_equal(variable, before[variable.path], variable.path)
    sigmas = [np.linalg.norm(layer.normalized_kernel().numpy().reshape(-1, layer.u.shape[1]), 2)
              for layer in program.model.discriminator.layers if hasattr(layer, "u")]
    assert all(0.999 <= sigma < 3 for sigma in sigmas)  # one iteration reaches at most the norm
