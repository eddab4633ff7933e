"""legacy.models: the documents' networks as TensorFlow 1 graphs."""

import importlib

from legacy import training  # before TensorFlow: sets how tf.layers is found
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches, sample_batch
from tests.support import document_layers
from tests.support import models

MODELS = sorted({example.model for example in models.CHEAP})
DTYPES = ("float32", "float64")


def build(model, dtype="float32", **flags):
    """(hyper-parameters, program) in the default graph."""
    hparams = hyperparameters.make(model, flags)
    return hparams, importlib.import_module("legacy.models." + model).program(hparams, dtype)


def trained(model, data, dtype, steps, **flags):
    """Losses of each step, and the last samples."""
    with tf.Graph().as_default():
        hparams, program = build(model, dtype, **dict(flags, batch_size=32))
        batches = Batches(data, hparams, dtype)
        phases = training.make_phases(program)
        with tf.Session() as session:
            training.initialize(session, 1)
            losses = [training.run_step(session, phases, batches(1, step + 1))
                      for step in range(steps)]
            return losses, training.sample(session, program, sample_batch(hparams, 1, dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("model", sorted(document_layers.LAYERS))
def test_variables_have_the_names_and_widths_of_the_document(model, dtype, document_shapes):
    with tf.Graph().as_default():
        build(model, dtype)
        variables = tf.global_variables()
    assert {v.op.name: tuple(v.shape.as_list()) for v in variables} == document_shapes[model]
    assert {v.dtype.base_dtype.name for v in variables} == {dtype}
    assert len(tf.trainable_variables()) == 0  # none leaked into the default graph


@pytest.mark.parametrize("model,parameters", [
    ("mlp_gan", {"generator": 579728, "discriminator": 566273}),
    ("vae", {"encoder": 111336, "decoder": 110800}),
    ("bgd_gan", {"generator": 130576, "discriminator": 117121}),
    ("dense_gan", {"generator": 100 * 20 + 20 + 20 + 1, "discriminator": 20 + 20 + 20 + 1}),
    ("wgan", {"generator": 579728, "discriminator": 566273}),
])
def test_parameter_counts(model, parameters):
    with tf.Graph().as_default():
        build(model)
        counts = {network: sum(int(np.prod(v.shape.as_list()))
                               for v in tf.trainable_variables(network + "/"))
                  for network in parameters}
    assert counts == parameters


@pytest.mark.parametrize("example", models.parameters(models.CHEAP))
def test_losses_are_scalars_of_the_programs_dtype(example):
    for dtype in DTYPES:
        with tf.Graph().as_default():
            _, program = build(example.model, dtype, **example.flags)
            assert sorted(program.losses) == sorted(example.losses)
            for loss in program.losses.values():
                assert loss.shape.as_list() == []
                assert loss.dtype.name == dtype


@pytest.mark.parametrize("dtype", ["float32", pytest.param("float64", marks=pytest.mark.slow)])
@pytest.mark.parametrize("model", MODELS)
def test_samples_are_images_or_numbers_of_the_programs_dtype(model, dtype, data_of):
    losses, samples = trained(model, data_of(model), dtype, 1)
    hparams = hyperparameters.make(model, {})
    assert samples.shape == (hparams.sample_count,) + (hparams.image_shape or (1,))
    assert samples.dtype == dtype
    assert np.all(np.isfinite(samples))
    assert np.std(samples, axis=0).max() > 0  # other noise, other image
    for values in losses[0].values():
        assert {value.dtype.name for value in values.values()} == {dtype}


@pytest.mark.parametrize("model", ("mlp_gan", "bgd_gan", "dense_gan"))
@pytest.mark.parametrize("phases,updates", [
    ("simultaneous", [("joint", ["generator", "discriminator"])]),
    ("alternating", [("generator", ["generator"]), ("discriminator", ["discriminator"])]),
])
def test_phases_of_a_gan_and_whose_variables_they_move(model, phases, updates):
    with tf.Graph().as_default():
        _, program = build(model, phases=phases)
        assert [(phase.name, [update.loss for update in phase.updates])
                for phase in program.phases] == updates
        for phase in program.phases:
            for update in phase.updates:
                assert update.variables == tf.trainable_variables(update.loss + "/")


def test_simultaneous_updates_see_one_state(digits):
    """D's gradient in a joint phase is taken before G has moved, and the other way round."""
    flags = {"optimizer": "sgd", "learning_rate": 0.5, "batch_size": 32}
    with tf.Graph().as_default():
        hparams, program = build("mlp_gan", **flags)
        ops = training.make_phases(program)
        batch = Batches(digits, hparams)(1, 1)
        feed_dict = {ops[0].feeds[0][0][key]: value for key, value in batch.items()}
        with tf.Session() as session:
            training.initialize(session, 1)
            before = session.run({v.op.name: v for v in tf.trainable_variables()})
            gradients = session.run(ops[0].gradients, feed_dict)
            training.run_step(session, ops, batch)
            after = session.run({v.op.name: v for v in tf.trainable_variables()})
    for name, gradient in gradients.items():
        assert np.any(gradient != 0), name
        np.testing.assert_allclose(after[name], before[name] - 0.5 * gradient, rtol=1e-5, atol=1e-7)


def ancestors(operation):
    """All operations that must have run before this one."""
    found, waiting = set(), [operation]
    while waiting:
        operation = waiting.pop()
        for before in [tensor.op for tensor in operation.inputs] + operation.control_inputs:
            if before not in found:
                found.add(before)
                waiting.append(before)
    return found


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "rmsprop", "adagrad"])
def test_no_weight_changes_before_every_gradient_of_the_phase_is_there(optimizer):
    """In a Session order is control flow: without it the updates would race."""
    with tf.Graph().as_default() as graph:
        _, program = build("mlp_gan", optimizer=optimizer)
        phase, = training.make_phases(program)
        gradients = {gradient.op for gradient in phase.gradients.values()}
        applied = [op for op in graph.get_operations() if op.type.startswith("ResourceApply")]
        assert len(gradients) == len(applied) == 16
        for operation in applied:
            assert gradients <= ancestors(operation), operation.name
        assert set(applied) <= ancestors(phase.train_op)


def test_vae_learns(digits):
    losses, _ = trained("vae", digits, "float32", 60)
    curve = [float(values["vae"]["vae"]) for values in losses]
    assert np.mean(curve[-10:]) < 0.5 * np.mean(curve[:3])


def test_sampling_needs_drawn_inputs_only(digits):
    with tf.Graph().as_default():
        for model in MODELS:
            hparams = hyperparameters.make(model, {})
            needed = [name for name in sample_batch(hparams, 1) if name != "sample/noise"]
            assert needed == {"conditional_gan": ["sample/classes"],
                              "info_gan": ["sample/classes", "sample/codes"]}.get(model, [])
    _, one = trained("bgd_gan", digits, "float32", 0)
    _, again = trained("bgd_gan", digits, "float32", 0)
    np.testing.assert_array_equal(one, again)
