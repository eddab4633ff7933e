"""legacy.models.wgan: the critic's phases, its clipping, the losses and the gradient penalty."""

from legacy import training  # before TensorFlow: sets how tf.layers is found
from legacy.models import wgan
from legacy.program import clip_weights
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches

CRITIC, GENERATOR = "discriminator", "generator"


class Spy:
    """A Session that remembers what it was fed and what the weights were after each run."""

    def __init__(self, session):
        self.session = session
        self.fed, self.gradients, self.weights = [], [], [self.read()]

    def read(self):
        return self.session.run({v.op.name: v for v in tf.trainable_variables()})

    def run(self, fetches, feed_dict):
        self.fed.append({key.op.name: value for key, value in feed_dict.items()})
        result = self.session.run(fetches, feed_dict)
        self.weights.append(self.read())
        return result


class SpyWithGradients(Spy):
    """One that takes each phase's gradients before it runs the phase."""

    def __init__(self, session, phases):
        super(SpyWithGradients, self).__init__(session)
        self.phases = {phase.train_op: phase for phase in phases}

    def run(self, fetches, feed_dict):
        self.gradients.append(
            self.session.run(self.phases[fetches[1]].gradients, feed_dict))
        return super(SpyWithGradients, self).run(fetches, feed_dict)


@pytest.fixture(name="session", autouse=True)
def fixture_session():
    with tf.Graph().as_default():
        with tf.Session() as opened:
            yield opened


def build(dtype="float32", **flags):
    """(hyper-parameters, program, its phases), with weights drawn from seed 1."""
    hparams = hyperparameters.make("wgan", dict(flags, batch_size=16))
    program = wgan.program(hparams, dtype)
    phases = training.make_phases(program)
    training.initialize(tf.get_default_session(), 1)
    return hparams, program, phases


def run(fetches, feed_dict=None):
    return tf.get_default_session().run(fetches, feed_dict)


def of(network, weights):
    return {name: value for name, value in weights.items() if name.startswith(network)}


def changed(before, after):
    """Networks with a weight that changed."""
    return {name.split("/")[0] for name in before if np.any(before[name] != after[name])}


@pytest.mark.parametrize("n_critic", [1, 3])
def test_the_critic_is_trained_n_times_on_batches_of_its_own_before_g(n_critic, session, digits):
    hparams, program, phases = build(n_critic=n_critic, optimizer="adam", learning_rate=1e-4)
    batches = Batches(digits, hparams)
    assert sorted(program.inputs) == sorted(list(batches(1, 1)) + ["sample/noise"])
    spy = Spy(session)
    for step in (1, 2):
        training.run_step(spy, phases, batches(1, step))
    moved = [changed(*pair) for pair in zip(spy.weights, spy.weights[1:])]
    assert moved == ([{CRITIC}] * n_critic + [{GENERATOR}]) * 2
    noises = [fed["inputs/noise"] for fed in spy.fed]
    assert len({noise.tobytes() for noise in noises}) == 2 * (n_critic + 1)
    images = [fed["inputs/images"].tobytes() for fed in spy.fed if "inputs/images" in fed]
    assert len(images) == len(set(images)) == 2 * n_critic
    assert run(tf.train.get_global_step()) == 2
    powers = {v.op.name.split("/")[1]: run(v) for v in tf.global_variables()
              if v.op.name.endswith("/beta1_power")}
    assert powers == {CRITIC: pytest.approx(0.9 ** (1 + 2 * n_critic)),
                      GENERATOR: pytest.approx(0.9 ** 3)}


def test_the_losses_of_a_repeated_phase_are_those_of_its_last_repetition(session, digits):
    hparams, program, phases = build(n_critic=2, optimizer="sgd", learning_rate=1e-30)
    batch = Batches(digits, hparams)(1, 1)
    losses = training.run_step(session, phases, batch)
    assert list(losses) == [CRITIC, GENERATOR]
    last = {program.inputs[key]: value for key, value in batch.items()
            if key.startswith("discriminator/1/")}
    assert losses[CRITIC][CRITIC] == pytest.approx(run(program.losses[CRITIC], last), rel=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_critics_weights_are_clipped_after_every_update_and_no_others(dtype, session, digits):
    limit = 0.02
    hparams, _, phases = build(dtype, n_critic=2, weight_clip=limit, learning_rate=0.001)
    for variable in tf.trainable_variables():
        if variable.op.name.endswith("bias"):
            variable.load(np.full(variable.shape.as_list(), 0.5, dtype), session)
    spy = Spy(session)
    for step in (1, 2):
        training.run_step(spy, phases, Batches(digits, hparams, dtype)(1, step))
    bound = np.dtype(dtype).type(limit)
    for name, value in of(CRITIC, spy.weights[0]).items():
        assert np.abs(value).max() > bound, name
    for weights in spy.weights[1:]:
        for name, value in of(CRITIC, weights).items():
            assert np.abs(value).max() <= bound, name
        for name, value in of(GENERATOR, weights).items():
            assert np.abs(value).max() > bound, name
    touched = of(CRITIC, spy.weights[1])["discriminator/hidden1/kernel"]
    assert np.any(np.abs(touched) == bound) and np.any(np.abs(touched) < bound)


def test_a_gradient_penalty_replaces_clipping(session, digits):
    hparams, program, phases = build(n_critic=1, gradient_penalty=10.0, learning_rate=1e-6)
    spy = Spy(session)
    training.run_step(spy, phases, Batches(digits, hparams)(1, 1))
    for name, value in of(CRITIC, spy.weights[1]).items():
        if name.endswith("kernel"):
            assert np.abs(value).max() > 0.05, name
    assert changed(*spy.weights[:2]) == {CRITIC}
    parts = {name: run(program.losses[name], {
        program.inputs[key]: value for key, value in Batches(digits, hparams)(1, 1).items()
        if key.startswith(CRITIC)}) for name in program.losses}
    assert parts[CRITIC] == pytest.approx(
        parts[CRITIC + "/real"] + parts[CRITIC + "/generated"] + 10 * parts[CRITIC + "/penalty"],
        rel=1e-5)


def test_clipping_leaves_a_normalisations_parameters_alone(session):
    variables = [tf.get_variable(name, initializer=tf.constant([-3.0, 0.25, 3.0])) for name in (
        "d/hidden/kernel", "d/hidden/bias", "d/slim/weights", "d/slim/biases",
        "d/norm/gamma", "d/norm/beta")]
    run(tf.global_variables_initializer())
    operations = clip_weights(variables, 0.5)
    assert len(operations) == 4
    run(operations)
    clipped, kept = [-0.5, 0.25, 0.5], [-3.0, 0.25, 3.0]
    assert [value.tolist() for value in run(variables)] == [clipped] * 4 + [kept] * 2
    assert clip_weights(variables, None) == []


REAL, GENERATED = np.array([[1.0], [4.0]]), np.array([[0.5], [-2.5]])


def test_losses_are_means_of_scores():
    losses = dict(wgan.generator_loss(tf.constant(GENERATED)),
                  **wgan.discriminator_losses(tf.constant(REAL), tf.constant(GENERATED)))
    assert run(losses) == {"generator": 1.0, "discriminator": -3.5, "discriminator/real": -2.5,
                           "discriminator/generated": -1.0}


def normal(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape)


def test_the_penalty_of_a_linear_critic_is_that_of_its_slope():
    slope = normal(28, 28) / 10
    w = tf.constant(slope)
    penalty = wgan.gradient_penalty(
        lambda x: tf.reduce_sum(w * x, axis=[1, 2])[:, None],
        tf.constant(normal(5, 28, 28)), tf.constant(normal(5, 28, 28)), tf.constant(normal(5, 1)))
    norm = np.sqrt(np.sum(slope ** 2))
    assert abs(norm - 1) > 0.5
    assert run(penalty) == pytest.approx((norm - 1) ** 2, rel=1e-12)
    np.testing.assert_allclose(  # what trains the critic: the penalty's own derivative
        run(tf.gradients(penalty, w)[0]), 2 * (norm - 1) * slope / norm, rtol=1e-10)


def test_the_penalty_is_taken_between_each_pair_of_images():
    images, generated = normal(5, 28, 28), 3 * normal(5, 28, 28)[::-1]
    mixing = np.linspace(0, 0.9, 5)[:, None]
    penalty = wgan.gradient_penalty(
        lambda x: tf.reduce_sum(x * x, axis=[1, 2])[:, None] / 2,  # whose slope at x is x
        *map(tf.constant, (images, generated, mixing)))
    m = mixing[:, :, None]
    norms = np.sqrt(np.sum(((1 - m) * images + m * generated) ** 2, axis=(1, 2)))
    assert run(penalty) == pytest.approx(np.mean((norms - 1) ** 2), rel=1e-12)


def test_the_learning_rate_changes_once_a_step_however_often_the_critic_is_trained(session, digits):
    hparams, _, phases = build("float64", n_critic=3, weight_clip=1e9, optimizer="sgd",
                               learning_rate=0.01, schedule="step", decay_steps=1, decay_rate=0.5)
    spy = SpyWithGradients(session, phases)
    for step in (1, 2, 3):
        training.run_step(spy, phases, Batches(digits, hparams, "float64")(1, step))
    assert len(spy.gradients) == 12
    for index, gradients in enumerate(spy.gradients):
        rate = 0.01 * 0.5 ** (index // 4)
        for name, gradient in gradients.items():
            np.testing.assert_allclose(
                spy.weights[index + 1][name], spy.weights[index][name] - rate * gradient,
                rtol=1e-9, atol=1e-12)
