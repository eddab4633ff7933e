"""The wings are twins: from one seed and the same batches they train bit for bit alike.

In parity mode: no oneDNN (tests/conftest.py), graph optimiser off on both sides.
"""

import importlib
import re
import typing

import legacy.training  # before TensorFlow: sets how tf.layers is found
import modern.training
import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches

STEPS = 20
SEED = 7

GAN_CASES = [(model, {"variant": variant, "phases": phases})
             for model in ("mlp_gan", "bgd_gan")
             for variant in ("corrected", "as_written")
             for phases in ("simultaneous", "alternating")]
VAE_CASES = [("vae", {"variant": variant}) for variant in ("corrected", "as_written")]
OPTIMIZER_CASES = [("mlp_gan", {"optimizer": name}) for name in ("momentum", "rmsprop", "adagrad")]
CASES = GAN_CASES + VAE_CASES + OPTIMIZER_CASES

KERAS_SLOTS = {
    "momentum": {"momentum": "Momentum"},
    "adam": {"m": "Adam", "v": "Adam_1"},
    "rmsprop": {"rms": "RMSProp", "momentum": "RMSProp_1"},
    "adagrad": {"accumulator": "Adagrad"},
}


class Trained(typing.NamedTuple):
    """What one wing computed."""

    losses: typing.List[dict]  # of each step, {"<phase>:<loss>": value}
    variables: dict  # {name: array} after the last step
    slots: dict  # {"<name in tf.train>": array} after the last step


def flat(losses):
    return {phase + ":" + name: np.asarray(value)
            for phase, values in losses.items() for name, value in values.items()}


def train_legacy(model, hparams, batches, dtype):
    tf1 = tf.compat.v1
    config = tf1.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf1.Graph().as_default():
        program = importlib.import_module("legacy.models." + model).program(hparams, dtype)
        phases = legacy.training.make_phases(program)
        with tf1.Session(config=config) as session:
            legacy.training.initialize(session, SEED)
            losses = [flat(legacy.training.run_step(session, phases, batches(SEED, step + 1)))
                      for step in range(STEPS)]
            values = session.run({v.op.name: v for v in tf1.global_variables()})
    assert values.pop("global_step") == STEPS
    slots = {legacy_slot(name): values.pop(name)
             for name in sorted(values) if name.startswith("train/")}
    return Trained(losses, values, slots)


def legacy_slot(name):
    """Adam's powers of beta stand in the graph where the loss's update stands."""
    power = re.fullmatch(r"train/\w+/(\w+?)(_\d+)?/(beta[12]_power)", name)
    return power.expand(r"\1/\3") if power else name[len("train/"):]


def keras_slots(model, rule):
    """The optimisers' variables under the names that `tf.train` gives them."""
    slots = {}
    paths = {variable.path.replace("/", "_"): variable.path for variable in model.variables}
    for loss, optimizer in model.loss_optimizers.items():
        for variable in optimizer.variables:
            name = variable.path.split("/", 1)[1]
            if name in ("beta_1_power", "beta_2_power"):
                slots[loss + "/" + name.replace("_", "", 1)] = variable.numpy()
            elif name not in ("iteration", "learning_rate"):
                of, slot = name.rsplit("_", 1)
                slots[paths[of] + "/" + KERAS_SLOTS[rule][slot]] = variable.numpy()
    return slots


def train_modern(model, hparams, batches, dtype):
    program = importlib.import_module("modern.models." + model).program(hparams, dtype)
    modern.training.initialize(program.model, SEED)
    step_function = tf.function(
        lambda batch: modern.training.run_step(program.losses, program.phases, batch))
    losses = []
    for step in range(STEPS):
        batch = {key: tf.constant(value) for key, value in batches(SEED, step + 1).items()}
        losses.append(flat(step_function(batch)))
    variables = {variable.path: variable.numpy() for variable in program.model.variables}
    rule = hyperparameters.to_dict(hparams)["optimizer"]
    return Trained(losses, variables, keras_slots(program.model, rule))


def assert_identical(ours, reference):
    assert sorted(ours) == sorted(reference)
    for name, value in reference.items():
        assert ours[name].dtype == value.dtype, name
        assert ours[name].shape == value.shape, name
        assert np.all(np.isfinite(value)), name
        assert ours[name].tobytes() == value.tobytes(), name


@pytest.fixture(scope="module", autouse=True)
def graph_optimizer_off():
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    yield
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "model,flags", CASES, ids=[model + "-" + "-".join(flags.values()) for model, flags in CASES])
def test_both_wings_train_bit_for_bit_alike(model, flags, dtype, digits):
    hparams = hyperparameters.make(model, dict(flags, batch_size=32))
    batches = Batches(digits, hparams, dtype)
    reference = train_legacy(model, hparams, batches, dtype)
    ours = train_modern(model, hparams, batches, dtype)

    for step in range(STEPS):
        assert_identical(ours.losses[step], reference.losses[step])
    assert_identical(ours.variables, reference.variables)
    assert_identical(ours.slots, reference.slots)


def test_training_moves_every_weight_and_fills_every_slot(digits):
    hparams = hyperparameters.make("mlp_gan", {"batch_size": 32})
    trained = train_modern("mlp_gan", hparams, Batches(digits, hparams), "float32")
    assert len(trained.losses) == STEPS
    assert len(trained.variables) == 16
    assert len(trained.slots) == 2 * 16 + 4
    for name, value in dict(trained.variables, **trained.slots).items():
        assert np.any(value != 0), name
    first, last = trained.losses[0], trained.losses[-1]
    assert all(first[name] != last[name] for name in first)


def test_one_seed_another_training(digits):
    hparams = hyperparameters.make("vae", {"batch_size": 32})
    batches = Batches(digits, hparams)
    one = train_legacy("vae", hparams, batches, "float32")
    other = train_modern(
        "vae", hparams, lambda seed, step: batches(seed + 1, step), "float32")
    assert other.losses[0]["vae:vae"] != one.losses[0]["vae:vae"]
