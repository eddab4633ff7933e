"""How both wings train the same program from one seed and the same batches, and what they leave."""

import importlib
import re
import typing

import legacy.training  # before TensorFlow: sets how tf.layers is found
import modern.training
import numpy as np
import tensorflow as tf

from groundwork import hyperparameters

STEPS = 20
SEED = 7

# tf-slim's names for what Keras calls otherwise.
KERAS_LEAVES = {"weights": "kernel", "biases": "bias"}

KERAS_SLOTS = {
    "momentum": {"momentum": "Momentum"},
    "adam": {"m": "Adam", "v": "Adam_1"},
    "rmsprop": {"rms": "RMSProp", "momentum": "RMSProp_1"},
    "adagrad": {"accumulator": "Adagrad"},
    "adam_d0": {"m": "AdamD0", "v": "AdamD0_1"},
    "adam_d3": {"m": "AdamD3", "v": "AdamD3_1"},
    "rmsprop_d3": {"v": "RmsPropD3"},
}


class Trained(typing.NamedTuple):
    """What one wing computed."""

    losses: typing.List[dict]  # of each step, {"<phase>:<loss>": value}
    variables: dict  # {name: array} after the last step
    slots: dict  # {"<name in tf.train>": array} after the last step, with the moving averages


def flat(losses):
    return {phase + ":" + name: np.asarray(value)
            for phase, values in losses.items() for name, value in values.items()}


def train_legacy(model, hparams, batches, dtype, steps=STEPS):
    tf1 = tf.compat.v1
    config = tf1.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf1.Graph().as_default():
        program = importlib.import_module("legacy.models." + model).program(hparams, dtype)
        phases = legacy.training.make_phases(program)
        with tf1.Session(config=config) as session:
            legacy.training.initialize(session, SEED)
            losses = [flat(legacy.training.run_step(session, phases, batches(SEED, step + 1)))
                      for step in range(steps)]
            values = session.run({keras_name(v.op.name): v for v in tf1.global_variables()})
    assert values.pop("global_step") == steps
    slots = {legacy_slot(name): values.pop(name)
             for name in sorted(values) if name.startswith("train/")}
    return Trained(losses, values, slots)


def keras_name(name):
    """The name with Keras's leaf in the place of tf-slim's."""
    return "/".join(KERAS_LEAVES.get(part, part) for part in name.split("/"))


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
            elif name.startswith("plateau_"):
                slots[loss + "/" + name.replace("_", "/", 1)] = variable.numpy()
            elif name not in ("iteration", "learning_rate"):
                of, slot = name.rsplit("_", 1)
                slots[paths[of] + "/" + KERAS_SLOTS[rule][slot]] = variable.numpy()
    return slots


def train_modern(model, hparams, batches, dtype, steps=STEPS):
    program = importlib.import_module("modern.models." + model).program(hparams, dtype)
    modern.training.initialize(program.model, SEED)
    step_function = tf.function(
        lambda batch: modern.training.run_step(program, batch))
    losses = []
    for step in range(steps):
        batch = {key: tf.constant(value) for key, value in batches(SEED, step + 1).items()}
        losses.append(flat(step_function(batch)))
    variables = {variable.path: variable.numpy() for variable in program.model.variables}
    averages = {name[len("train/"):]: variables.pop(name)
                for name in sorted(variables) if name.startswith("train/")}
    rule = hyperparameters.to_dict(hparams)["optimizer"]
    return Trained(losses, variables, dict(averages, **keras_slots(program.model, rule)))


def assert_identical(ours, reference):
    assert sorted(ours) == sorted(reference)
    for name, value in reference.items():
        assert ours[name].dtype == value.dtype, name
        assert ours[name].shape == value.shape, name
        assert np.all(np.isfinite(value)), name
        assert ours[name].tobytes() == value.tobytes(), name


def assert_trained_alike(ours, reference):
    """Losses of every step, weights, slots and averages, bit for bit."""
    assert len(ours.losses) == len(reference.losses) > 0
    for step, losses in enumerate(reference.losses):
        assert_identical(ours.losses[step], losses)
    assert_identical(ours.variables, reference.variables)
    assert_identical(ours.slots, reference.slots)
