"""modern.models.dcgan: convolutional networks, dropout by seed, moving averages, Keras's habits."""

import hashlib
import warnings

from modern import training  # before Keras: sets its backend
from modern.layers import FusedBatchNormalization, SeededDropout
from modern.models import dcgan
from modern.program import phase_inputs
import keras
import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork.data.batches import of_digits

DTYPES = ("float32", "float64")
# Bits of the mask for 10,000 units at rate 0.3 from seed (3, 4), as in the legacy wing's test.
MASK = "5fdad731c781d1c387b1b8295a8775052a6063545483e9ff787fa259509d2dc7"


def make(dtype="float32", **flags):
    hparams = hyperparameters.make("dcgan", dict({"batch_size": 4}, **flags))
    made = dcgan.Dcgan(hparams, dtype=dtype)
    training.initialize(made, 1)
    return made


def batch_of(model, step=1):
    dtype = model.dtype_policy.name
    return {key: tf.constant(value.astype(dtype) if value.dtype.kind == "f" else value)
            for key, value in of_digits(model.hparams)(1, step).items()}


def data_of(model, steps=2):
    batches = [of_digits(model.hparams)(1, step + 1) for step in range(steps)]
    return tf.data.Dataset.from_tensor_slices(
        {key: np.stack([batch[key] for batch in batches]) for key in batches[0]})


def normal(*shape):
    return np.random.RandomState(0).standard_normal(shape)


def state(model):
    return {v.path: v.numpy() for v in model.variables}


@pytest.mark.parametrize("architecture,parameters", [
    # D0's generator as SPEC counts it: with its moving averages.
    ("d0", {"generator": 1257411, "discriminator": 167105}),
    ("d2", {"generator": 673123 + 832, "discriminator": 737306}),
])
def test_parameter_counts(architecture, parameters):
    made = make(architecture=architecture)
    assert {network: getattr(made, network).count_params() for network in parameters} == parameters


@pytest.mark.parametrize("architecture", ["d0", pytest.param("d2", marks=pytest.mark.slow)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_call_and_predict_give_colour_images_by_the_moving_averages(dtype, architecture):
    made = make(dtype, architecture=architecture)
    noise = normal(5, 100).astype(dtype)
    images = made(noise)
    assert (tuple(images.shape), images.dtype) == ((5, 64, 64, 3), dtype)
    assert np.abs(images).max() < 1
    np.testing.assert_allclose(made(noise[:1]), images[:1], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(made.predict(noise, verbose=0), images, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dropout_keeps_a_share_scales_it_and_drops_what_the_other_wing_drops(dtype):
    layer = SeededDropout(0.3, (0, 0), dtype=dtype)
    before = normal(100, 100).astype(dtype)
    after = tf.function(layer)(before, tf.constant([3, 4])).numpy()
    kept = after != 0
    assert after.dtype == dtype
    np.testing.assert_allclose(after[kept], before[kept] / 0.7, rtol=1e-6)
    assert hashlib.sha256(np.packbits(kept).tobytes()).hexdigest() == MASK
    shifted = SeededDropout(0.3, (1, -1))(before, tf.constant([2, 5])).numpy()
    np.testing.assert_array_equal(shifted != 0, kept)


def test_dropout_can_be_made_again_from_its_configuration():
    layer = SeededDropout(0.3, (0, 1), name="dropout2")
    again = SeededDropout.from_config(layer.get_config())
    assert (again.rate, again.stream, again.name) == (0.3, (0, 1), "dropout2")


@pytest.mark.parametrize("shape", [(8, 5), (3, 4, 4, 5)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_batch_norm_against_numpy(dtype, shape):
    layer = FusedBatchNormalization(momentum=0.8, dtype=dtype)
    layer.build(shape)
    layer.gamma.assign(np.linspace(0.5, 1.5, 5))
    layer.beta.assign(np.linspace(-1, 1, 5))
    x = (3 + 2 * normal(*shape)).astype(dtype)
    rows = x.reshape(-1, 5).astype(np.float64)
    mean, variance = rows.mean(axis=0), rows.var(axis=0)
    expected = (rows - mean) / np.sqrt(variance + 1e-3) * np.linspace(0.5, 1.5, 5) + np.linspace(
        -1, 1, 5)
    tolerance = {"rtol": 1e-4, "atol": 1e-5} if dtype == "float32" else {"rtol": 1e-11}
    np.testing.assert_allclose(np.reshape(layer(x, training=True), (-1, 5)), expected, **tolerance)

    assert layer.moving_mean.numpy().tolist() == [0.0] * 5
    layer.update_moving_averages()
    count = len(rows)
    bessel = count / (count - 1) if dtype == "float32" else 1.0
    moved = 0.8 + 0.2 * variance * bessel
    np.testing.assert_allclose(layer.moving_mean, 0.2 * mean, **tolerance)
    np.testing.assert_allclose(layer.moving_variance, moved, **tolerance)

    served = (rows - 0.2 * mean) / np.sqrt(moved + 1e-3) * np.linspace(0.5, 1.5, 5) + np.linspace(
        -1, 1, 5)
    np.testing.assert_allclose(np.reshape(layer(x, training=False), (-1, 5)), served, **tolerance)


@pytest.mark.parametrize("phases", ["simultaneous", "alternating"])
def test_every_phase_moves_the_averages_and_losses_alone_do_not(phases):
    made = make(phases=phases)
    made.compile()
    before = state(made)
    batch = batch_of(made)
    for phase in made.phases():
        [[inputs]] = phase_inputs(phase, batch)
        made.phase_losses(inputs)
    assert {k: v.tobytes() for k, v in state(made).items()} == {
        k: v.tobytes() for k, v in before.items()}
    for phase in made.phases():
        previous = state(made)
        [batches] = phase_inputs(phase, batch)
        training.run_phase(made.as_program(), phase, batches)
        moved = {name for name, value in state(made).items() if np.any(value != previous[name])}
        assert {name for name in moved if "/moving_" in name} == {
            name for name in before if "/moving_" in name}


def test_fit_and_evaluate_take_batches_with_seeds():
    made = make()
    made.compile()
    history = made.fit(data_of(made), shuffle=False, verbose=0).history
    assert sorted(history) == [
        "discriminator", "discriminator/generated", "discriminator/real", "generator"]
    assert np.all(np.isfinite(list(history.values())))
    before = state(made)
    first = made.evaluate(data_of(made), verbose=0, return_dict=True)
    again = made.evaluate(data_of(made), verbose=0, return_dict=True)
    assert again == pytest.approx(first)
    assert all(np.array_equal(value, before[name]) for name, value in state(made).items())


@pytest.mark.parametrize("flags", [
    {}, pytest.param({"architecture": "d2", "generator_loss": "gat"}, marks=pytest.mark.slow)])
def test_saved_model_loads_equal(flags, tmp_path):
    made = make(**flags)
    made.compile()
    made.fit(data_of(made, steps=1), verbose=0)
    path = str(tmp_path / "model.keras")
    made.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = keras.saving.load_model(path)
    assert loaded.hparams == made.hparams
    noise = normal(3, 100).astype(np.float32)
    np.testing.assert_array_equal(loaded(noise), made(noise))


def test_two_logits_are_judged_by_softmax_and_one_by_sigmoid():
    two, one = normal(6, 2), normal(6, 1)
    log_softmax = two - np.log(np.exp(two).sum(axis=1, keepdims=True))
    for label, sign in ((0, 1), (1, -1)):
        np.testing.assert_allclose(
            dcgan.cross_entropies(tf.constant(two), label), -log_softmax[:, label])
        np.testing.assert_allclose(dcgan.cross_entropies(tf.constant(one), label),
                                   np.logaddexp(0, sign * one[:, 0]))
    np.testing.assert_array_equal(dcgan.judged_real(tf.constant(two)), two[:, 1] > two[:, 0])
    np.testing.assert_array_equal(dcgan.judged_real(tf.constant(one)), one[:, 0] > 0)


@pytest.mark.parametrize("logits", [[2.0, -1.0, 0.5, 0.0], [-1.0, -2.0, 0.0, -3.0]])
def test_gat_is_the_mean_over_the_misjudged_and_0_of_none(logits):
    misjudged = [logit for logit in logits if logit > 0]
    expected = np.mean(np.logaddexp(0, -np.array(misjudged))) if misjudged else 0.0
    tensor = tf.constant(logits, tf.float64)[:, None]
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        loss = dcgan.generator_loss(tensor, "gat")["generator"]
    gradient = tape.gradient(loss, tensor).numpy()[:, 0]
    assert float(loss) == pytest.approx(expected)
    assert np.all(np.isfinite(gradient))
    assert (gradient != 0).tolist() == [logit > 0 for logit in logits]
