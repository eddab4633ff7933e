"""The probes of both wings see the same of one state, and leave it as it is."""

import importlib
import typing

import legacy.training  # before TensorFlow: sets how tf.layers is found
import modern.training
import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches
from legacy.probe import Probe as LegacyProbe
from modern.probe import Probe as ModernProbe
from tests.support import models

SEED = 7
DISPLAY_OUTPUTS = ["codes", "reconstructions", "attention"]


class Seen(typing.NamedTuple):
    """What one wing's probe sees of the initial state."""

    scalars: dict
    weights: dict
    display_outputs: dict
    state: dict  # every variable, looked at afterwards
    changed: bool  # whether looking changed a variable


def see(probe, batch, state):
    before = state()
    scalars = {tag: np.asarray(value) for tag, value in probe.scalars(batch).items()}
    display_outputs = probe.display_outputs(DISPLAY_OUTPUTS, batch)
    after = state()
    changed = any(before[name].tobytes() != after[name].tobytes() for name in before)
    return Seen(scalars, probe.weights(), display_outputs, after, changed)


def see_legacy(model, hparams, batch):
    tf1 = tf.compat.v1
    config = tf1.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf1.Graph().as_default():
        program = importlib.import_module("legacy.models." + model).program(hparams, "float32")
        phases = legacy.training.make_phases(program)
        with tf1.Session(config=config) as session:
            probe = LegacyProbe(session, program, phases)
            legacy.training.initialize(session, SEED)
            return see(probe, batch, lambda: {
                variable.op.name: np.asarray(session.run(variable))
                for variable in tf1.global_variables()})


def see_modern(model, hparams, batch):
    program = importlib.import_module("modern.models." + model).program(hparams, "float32")
    modern.training.initialize(program.model, SEED)
    optimizers = program.model.loss_optimizers.values()
    variables = program.model.variables + [
        variable for optimizer in optimizers for variable in optimizer.variables]
    return see(ModernProbe(program), batch, lambda: {
        variable.path: variable.numpy() for variable in variables})


def _examples():
    """The first example of each model; slow if it shows nothing that no other does."""
    for each in models.parameters(models.CHEAP):
        shows_more = each.values[0].model not in ("conditional_gan", "dense_gan", "recurrent_gan")
        yield each if shows_more else pytest.param(
            each.values[0], marks=pytest.mark.slow, id=each.id)


@pytest.fixture(name="seen", params=_examples())
def fixture_seen(request):
    """The example, and what each wing sees."""
    example = request.param
    hparams = example.hparams(16)
    batch = Batches(example.data(), hparams)(SEED, 1)
    return example, see_legacy(example.model, hparams, batch), see_modern(
        example.model, hparams, batch)


def test_both_wings_see_the_same_and_change_nothing(seen):
    example, ours, theirs = seen
    assert set(ours.scalars) == set(example.metrics) | {
        "optimizer/" + kind + loss for loss in example.updates
        for kind in ("gradient_norm/", "learning_rate/")}
    assert set(ours.display_outputs) == set(example.display_outputs)
    for found, expected in [(theirs.scalars, ours.scalars), (theirs.weights, ours.weights),
                            (theirs.display_outputs, ours.display_outputs)]:
        assert set(found) == set(expected)
        for name, value in expected.items():
            assert np.isfinite(value).all(), name
            assert found[name].tobytes() == value.tobytes(), name
    assert not ours.changed and not theirs.changed
    assert len(ours.state) > len(ours.weights)
    if example.model != "wgan":  # whose critic gives scores, no probabilities
        assert all(0 < ours.scalars[tag] < 1 for tag in example.metrics if "output/" in tag)


def test_outputs_are_sigmoids_of_the_last_phases_inputs(digits):
    """In D4's two phases both take noise: D's, whose phase is the last, is what is shown."""
    hparams = hyperparameters.make("bgd_gan", {"batch_size": 16})
    batch = Batches(digits, hparams)(SEED, 1)
    scalars = see_modern("bgd_gan", hparams, batch).scalars
    program = importlib.import_module("modern.models.bgd_gan").program(hparams, "float32")
    modern.training.initialize(program.model, SEED)
    logits = np.asarray(program.model.discriminator(
        program.model.generator(batch["discriminator/noise"])), np.float64)
    assert scalars["output/generated"] == pytest.approx(
        float(np.mean(1 / (1 + np.exp(-logits)))), rel=1e-6)


def test_a_program_without_metrics_and_display_outputs_is_probed(digits):
    hparams = hyperparameters.make("vae", {"batch_size": 16})
    batch = Batches(digits, hparams)(SEED, 1)
    program = importlib.import_module("modern.models.vae").program(hparams, "float32")
    fields = program._asdict()
    plain = type(program)(**{name: fields[name] for name in (
        "model", "inputs", "outputs", "losses", "phases")})
    assert set(ModernProbe(plain).scalars(batch)) == {
        "optimizer/gradient_norm/vae", "optimizer/learning_rate/vae"}
    assert ModernProbe(plain).display_outputs(DISPLAY_OUTPUTS, batch) == {}
    with tf.compat.v1.Graph().as_default(), tf.compat.v1.Session() as session:
        program = importlib.import_module("legacy.models.vae").program(hparams, "float32")
        phases = [phase._replace(updates=[update._replace(learning_rate=None)
                                          for update in phase.updates])
                  for phase in program.phases]
        plain = program._replace(metrics=dict, display_outputs=dict, phases=phases)
        probe = LegacyProbe(session, plain, legacy.training.make_phases(plain))
        legacy.training.initialize(session, SEED)
        assert set(probe.scalars(batch)) == {"optimizer/gradient_norm/vae"}
        assert probe.display_outputs(DISPLAY_OUTPUTS, batch) == {}
