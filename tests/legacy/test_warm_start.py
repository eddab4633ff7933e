"""Tests of legacy.warm_start, and of what legacy does with loaded and with frozen variables."""

import functools
import importlib

from legacy import training, warm_start  # before TensorFlow: sets how tf.layers is found
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork import transfer
from groundwork.data import datasets
from groundwork.data.batches import Batches
from groundwork.errors import UsageError
from tests import saved_variables

SAVERS = [saved_variables.save, saved_variables.save_objects]
CLIPPED = {"weight_clip": 0.001}
OPTIONS = {"ema_decay": 0.5, "l2": 0.1, "accumulate_steps": 2}
_slow = functools.partial(pytest.param, marks=pytest.mark.slow)
# (model, what is frozen, flags)
FROZEN = [
    ("vae", "encoder", OPTIONS), _slow("vae", "decoder/output/kernel", {"optimizer": "adam_d3"}),
    _slow("mlp_gan", "generator/hidden1,discriminator/output", OPTIONS),
    ("bgd_gan", "discriminator/hidden1", {"batch_size": 8, "schedule": "plateau"}),
    ("dense_gan", "discriminator/hidden", dict(CLIPPED, **OPTIONS)),
    _slow("wgan", "discriminator/hidden1", dict(CLIPPED, optimizer="momentum")),
    ("dcgan", "generator/norm1,generator/deconv2", {"batch_size": 4, "ema_decay": 0.5}),
    _slow("dcgan", "discriminator/conv1", {"batch_size": 4, "architecture": "d2"}),
]


def build_of(model):
    return importlib.import_module("legacy.models." + model).program


def asked(*paths, **changes):
    return transfer.WarmStart("runs/a", paths, changes.get("scopes", ""))


def shapes(model, hparams):
    """`{variable: shape}` of what is loaded of a model."""
    with tf.Graph().as_default():
        build_of(model)(hparams, "float32")
        return {variable.op.name: variable.shape.as_list() for variable in warm_start.variables()}


def values_for(wanted, name=lambda name: name):
    """An array for each variable, every one another."""
    return {name(key): np.random.RandomState(index).normal(0, 0.1, shape).astype(np.float32)
            for index, (key, shape) in enumerate(sorted(wanted.items()))}


def refusal(function, *arguments):
    with pytest.raises(UsageError) as caught:
        function(*arguments)
    return str(caught.value)


@pytest.mark.parametrize("save", SAVERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_are_read_from_both_formats(save, dtype, tmp_path):
    hparams = hyperparameters.make("vae", {})
    stored = values_for(shapes("vae", hparams))
    others = {"global_step": np.int64(7), "train/encoder/hidden1/kernel/Adam": np.float32(1)}
    path = save(tmp_path / "model.ckpt-7", dict(stored, **others))
    weights = warm_start.read(build_of("vae"), hparams, dtype, asked(path))
    assert (weights.path, weights.not_there, weights.other_scopes) == (path, [], [])
    assert set(weights.values) == set(stored)
    for name, value in stored.items():
        assert weights.values[name].dtype == np.dtype(dtype)
        np.testing.assert_array_equal(weights.values[name], value)


@pytest.mark.parametrize("save", SAVERS)
def test_weights_of_keras_and_of_tf_slim_are_the_same(save, tmp_path):
    hparams = hyperparameters.make("dcgan", {})
    wanted = shapes("dcgan", hparams)
    assert {"generator/dense/weights", "generator/norm1/moving_mean",
            "generator/norm3/moving_variance", "discriminator/logits/biases"} <= set(wanted)
    stored = values_for(wanted, lambda name: name.replace("/weights", "/kernel").replace(
        "/biases", "/bias"))
    path = save(tmp_path / "ckpt-5", stored)
    found = warm_start.read(build_of("dcgan"), hparams, "float32", asked(path)).values
    assert set(found) == set(wanted)
    np.testing.assert_array_equal(
        found["discriminator/logits/biases"], stored["discriminator/logits/bias"])
    np.testing.assert_array_equal(
        found["generator/norm1/moving_mean"], stored["generator/norm1/moving_mean"])


def test_what_is_not_there_and_what_was_not_asked_for_is_told(tmp_path):
    hparams = hyperparameters.make("vae", {})
    stored = values_for(shapes("vae", hparams))
    del stored["decoder/output/kernel"]
    path = saved_variables.save(tmp_path / "m", stored)
    weights = warm_start.read(build_of("vae"), hparams, "float32", asked(path, scopes="decoder"))
    assert sorted(weights.values) == ["decoder/hidden1/bias", "decoder/hidden1/kernel",
                                      "decoder/hidden2/bias", "decoder/hidden2/kernel",
                                      "decoder/output/bias"]
    assert weights.not_there == ["decoder/output/kernel"]
    assert len(weights.other_scopes) == 8
    assert all(name.startswith("encoder/") for name in weights.other_scopes)


def test_a_shape_that_does_not_fit_is_refused(tmp_path):
    hparams = hyperparameters.make("vae", {"latent_size": 5})
    stored = values_for(shapes("vae", hyperparameters.make("vae", {})))
    path = saved_variables.save(tmp_path / "m", stored)
    assert refusal(warm_start.read, build_of("vae"), hparams, "float32",
                   asked(path, scopes="encoder/z_mean/kernel")) == (
        "--warm_start=runs/a: expected encoder/z_mean/kernel of shape [64, 5], received [64, 20]")


@pytest.mark.parametrize("save", SAVERS)
def test_the_newest_whole_checkpoint_is_read(save, tmp_path):
    stored = {"w": np.arange(3000, dtype=np.float32)}
    older, newer = [save(tmp_path / name, stored) for name in ("ckpt-1", "ckpt-2")]
    saved_variables.cut_short(newer)
    weights = warm_start.load({"w": [3000]}, "float32", asked(newer, older))
    assert weights.path == older
    np.testing.assert_array_equal(weights.values["w"], stored["w"])
    saved_variables.cut_short(older)
    assert refusal(warm_start.load, {"w": [3000]}, "float32", asked(newer, older)).startswith(
        "--warm_start=runs/a: expected a whole checkpoint, received 2 that cannot be read (")


@pytest.mark.parametrize("damage", [b"", b"not an index", None])
def test_a_damaged_index_is_no_whole_checkpoint(damage, tmp_path):
    path = saved_variables.save(tmp_path / "m", {"w": np.float32(1)})
    index = tmp_path / "m.index"
    if damage is None:
        index.unlink()
    else:
        index.write_bytes(damage)
    assert "expected a whole checkpoint, received 1 that cannot be read" in refusal(
        warm_start.load, {"w": []}, "float32", asked(path))


@pytest.mark.parametrize("freeze,expected", [
    ("enc", "received \"enc\", which holds none"),
    ("decoder,encoder", "expected a variable left to the update that follows the loss \"vae\"")])
def test_what_cannot_be_frozen_is_refused(freeze, expected):
    hparams = hyperparameters.make("vae", {"freeze": freeze})
    assert expected in refusal(warm_start.read, build_of("vae"), hparams, "float32", None)


def test_without_a_warm_start_nothing_is_loaded():
    hparams = hyperparameters.make("vae", {"freeze": "encoder"})
    assert warm_start.read(build_of("vae"), hparams, "float32", None) is None


def trained(model, hparams, loaded, steps=2):
    """`{variable: array}` before and after training, and the names that have a gradient."""
    dataset = datasets.load("digits", hparams.image_shape)
    batches = Batches(dataset, hparams)
    with tf.Graph().as_default(), tf.Session() as session:
        phases = training.make_phases(build_of(model)(hparams, "float32"))
        training.initialize(session, 1, loaded)
        variables = {variable.op.name: variable for variable in tf.global_variables()}
        before = session.run(variables)
        for step in range(1, steps + 1):
            training.run_step(session, phases, batches(1, step))
        gradients = {name for phase in phases for name in phase.gradients}
        return before, session.run(variables), gradients


@pytest.mark.parametrize("model,freeze,values", FROZEN)
def test_frozen_variables_stay_bit_for_bit_and_the_others_change(model, freeze, values):
    hparams = hyperparameters.make(model, dict(values, freeze=freeze))
    # Drawn wider than weight_clip, so that clipping would show.
    loaded = values_for(shapes(model, hparams))
    loaded.update({name: np.abs(value) for name, value in loaded.items() if "variance" in name})
    before, after, gradients = trained(model, hparams, loaded)
    for name, value in loaded.items():
        same = value.tobytes() == after[name].tobytes()
        frozen = transfer.under(name, freeze)
        assert before[name].tobytes() == value.tobytes(), name
        assert same == frozen, name
        assert (name in gradients) == (not frozen and "moving" not in name), name
        average = "train/{}/average".format(name)
        if average in after:
            assert before[average].tobytes() == value.tobytes(), name
            assert (after[average].tobytes() == value.tobytes()) == frozen, name
    slots = [name for name in after if name.startswith("train/") and not name.endswith("/average")]
    assert not [name for name in slots if transfer.under(name[len("train/"):], freeze)]
    assert any(transfer.under(name, freeze) for name in loaded)


def test_what_is_not_loaded_is_drawn():
    hparams = hyperparameters.make("vae", {})
    loaded = {"encoder/hidden1/kernel": np.full((784, 128), 0.25, np.float32)}
    before, _, _ = trained("vae", hparams, loaded, steps=0)
    drawn, _, _ = trained("vae", hparams, None, steps=0)
    assert (before["encoder/hidden1/kernel"] == 0.25).all()
    assert set(before) == set(drawn)
    for name in set(before) - set(loaded):
        np.testing.assert_array_equal(before[name], drawn[name])
