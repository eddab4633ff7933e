"""modern.models.wgan: the critic's phases, its clipping, the losses and the gradient penalty."""

from modern import training  # before Keras: sets its backend
from modern.models import wgan
from modern.program import clip_weights
import keras
from keras import ops
import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches

CRITIC, GENERATOR = "discriminator", "generator"


class Spied:
    """A program's phases and losses that remember inputs, rates and the weights after a phase."""

    def __init__(self, program):
        self.model = program.model
        self.losses = program.losses
        self.inputs, self.rates, self.weights = [], [], [self.read()]
        self.program = program._replace(losses=self.phase_losses, phases=[
            phase._replace(post_update=self.after(phase)) for phase in program.phases])

    def read(self):
        return {variable.path: variable.numpy() for variable in self.model.trainable_variables}

    def after(self, phase):
        def spied():
            phase.post_update()
            self.weights.append(self.read())
        return spied

    def phase_losses(self, inputs):
        self.inputs.append({name: value.numpy() for name, value in inputs.items()})
        self.rates.append({network: float(optimizer.learning_rate) for network, optimizer
                           in self.model.loss_optimizers.items()})
        return self.losses(inputs)

    def run_step(self, batch):
        return training.run_step(self.program, tensors(batch))


def tensors(batch):
    return {key: tf.constant(value) for key, value in batch.items()}


def build(dtype="float32", **flags):
    """(hyper-parameters, program), with weights drawn from seed 1."""
    hparams = hyperparameters.make("wgan", dict(flags, batch_size=16))
    program = wgan.program(hparams, dtype)
    training.initialize(program.model, 1)
    return hparams, program


def of(network, weights):
    return {name: value for name, value in weights.items() if name.startswith(network)}


def changed(before, after):
    """Networks with a weight that changed."""
    return {name.split("/")[0] for name in before if np.any(before[name] != after[name])}


@pytest.mark.parametrize("n_critic", [1, 3])
def test_the_critic_is_trained_n_times_on_batches_of_its_own_before_g(n_critic, digits):
    hparams, program = build(n_critic=n_critic)
    batches = Batches(digits, hparams)
    assert sorted(program.inputs) == sorted(list(batches(1, 1)) + ["sample/noise"])
    spied = Spied(program)
    for step in (1, 2):
        spied.run_step(batches(1, step))
    moved = [changed(*pair) for pair in zip(spied.weights, spied.weights[1:])]
    assert moved == ([{CRITIC}] * n_critic + [{GENERATOR}]) * 2
    noises = [inputs["noise"].tobytes() for inputs in spied.inputs]
    assert len(noises) == len(set(noises)) == 2 * (n_critic + 1)
    images = [inputs["images"].tobytes() for inputs in spied.inputs if "images" in inputs]
    assert len(images) == len(set(images)) == 2 * n_critic
    assert {network: int(optimizer.iterations) for network, optimizer
            in program.model.loss_optimizers.items()} == {CRITIC: 2 * n_critic, GENERATOR: 2}


def test_the_losses_of_a_repeated_phase_are_those_of_its_last_repetition(digits):
    hparams, program = build(n_critic=2, optimizer="sgd", learning_rate=1e-30)
    batch = Batches(digits, hparams)(1, 1)
    losses = training.run_step(program, tensors(batch))
    assert list(losses) == [CRITIC, GENERATOR]
    last = program.losses({name: batch["discriminator/1/" + name] for name in ("noise", "images")})
    assert float(losses[CRITIC][CRITIC]) == pytest.approx(float(last[CRITIC]), rel=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_critics_weights_are_clipped_after_every_update_and_no_others(dtype, digits):
    limit = 0.02
    hparams, program = build(dtype, n_critic=2, weight_clip=limit, learning_rate=0.001)
    for variable in program.model.trainable_variables:
        if variable.path.endswith("bias"):
            variable.assign(ops.full_like(variable, 0.5))
    spied = Spied(program)
    for step in (1, 2):
        spied.run_step(Batches(digits, hparams, dtype)(1, step))
    bound = np.dtype(dtype).type(limit)
    for name, value in of(CRITIC, spied.weights[0]).items():
        assert np.abs(value).max() > bound, name
    for weights in spied.weights[1:]:
        for name, value in of(CRITIC, weights).items():
            assert np.abs(value).max() <= bound, name
        for name, value in of(GENERATOR, weights).items():
            assert np.abs(value).max() > bound, name
    touched = of(CRITIC, spied.weights[1])["discriminator/hidden1/kernel"]
    assert np.any(np.abs(touched) == bound) and np.any(np.abs(touched) < bound)


def test_a_gradient_penalty_replaces_clipping(digits):
    hparams, program = build(n_critic=1, gradient_penalty=10.0, learning_rate=1e-6)
    spied = Spied(program)
    losses = spied.run_step(Batches(digits, hparams)(1, 1))
    for name, value in of(CRITIC, spied.weights[1]).items():
        if name.endswith("kernel"):
            assert np.abs(value).max() > 0.05, name
    assert changed(*spied.weights[:2]) == {CRITIC}
    parts = {name: float(value) for name, value in losses[CRITIC].items()}
    assert parts[CRITIC] == pytest.approx(
        parts[CRITIC + "/real"] + parts[CRITIC + "/generated"] + 10 * parts[CRITIC + "/penalty"],
        rel=1e-5)


def test_clipping_leaves_a_normalisations_parameters_alone():
    network = keras.Sequential([
        keras.Input((3,)), keras.layers.Dense(3, name="hidden"),
        keras.layers.BatchNormalization(name="norm")], name="d")
    for variable in network.trainable_variables:
        variable.assign(ops.broadcast_to([-3.0, 0.25, 3.0], variable.shape))
    clip_weights(network.trainable_variables, 0.5)
    clipped, kept = [-0.5, 0.25, 0.5], [-3.0, 0.25, 3.0]
    assert {v.path: v.numpy().tolist() for v in network.trainable_variables} == {
        "d/hidden/kernel": [clipped] * 3, "d/hidden/bias": clipped,
        "d/norm/gamma": kept, "d/norm/beta": kept}
    clip_weights(network.trainable_variables, None)
    assert network.trainable_variables[1].numpy().tolist() == clipped


REAL, GENERATED = np.array([[1.0], [4.0]]), np.array([[0.5], [-2.5]])


def test_losses_are_means_of_scores():
    losses = wgan.generator_loss(GENERATED) | wgan.discriminator_losses(REAL, GENERATED)
    assert {name: float(value) for name, value in losses.items()} == {
        "generator": 1.0, "discriminator": -3.5, "discriminator/real": -2.5,
        "discriminator/generated": -1.0}


def normal(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape)


def test_the_penalty_of_a_linear_critic_is_that_of_its_slope():
    slope = normal(28, 28) / 10
    w = tf.Variable(slope)
    with tf.GradientTape() as tape:
        penalty = wgan.gradient_penalty(
            lambda x: tf.reduce_sum(w * x, axis=[1, 2])[:, None],
            normal(5, 28, 28), tf.constant(normal(5, 28, 28)), normal(5, 1))
    norm = np.sqrt(np.sum(slope ** 2))
    assert abs(norm - 1) > 0.5
    assert float(penalty) == pytest.approx((norm - 1) ** 2, rel=1e-12)
    np.testing.assert_allclose(  # what trains the critic: the penalty's own derivative
        tape.gradient(penalty, w), 2 * (norm - 1) * slope / norm, rtol=1e-10)


def test_the_penalty_is_taken_between_each_pair_of_images():
    images, generated = normal(5, 28, 28), 3 * normal(5, 28, 28)[::-1]
    mixing = np.linspace(0, 0.9, 5)[:, None]
    penalty = wgan.gradient_penalty(  # the critic's slope at x is x
        lambda x: tf.reduce_sum(x * x, axis=[1, 2])[:, None] / 2,
        *map(tf.constant, (images, generated, mixing)))
    m = mixing[:, :, None]
    norms = np.sqrt(np.sum(((1 - m) * images + m * generated) ** 2, axis=(1, 2)))
    assert float(penalty) == pytest.approx(np.mean((norms - 1) ** 2), rel=1e-12)


def test_the_learning_rate_changes_once_a_step_however_often_the_critic_is_trained(digits):
    hparams, program = build("float64", n_critic=3, weight_clip=1e9, optimizer="sgd",
                             learning_rate=0.01, schedule="step", decay_steps=1, decay_rate=0.5)
    spied = Spied(program)
    for step in (1, 2, 3):
        spied.run_step(Batches(digits, hparams, "float64")(1, step))
    expected = []
    for rate in (0.01, 0.005, 0.0025):
        expected += [{CRITIC: rate, GENERATOR: rate}] * 3
        # The critic's last update is done: its optimiser stands at the next step.
        expected += [{CRITIC: rate / 2, GENERATOR: rate}]
    assert spied.rates == [pytest.approx(rates) for rates in expected]
