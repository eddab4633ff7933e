"""modern.models: the documents' networks in Keras 3, and what a Keras user expects of a model."""

import csv
import importlib
import warnings

from modern import losses, training  # before Keras: sets its backend
import keras
import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork import initial_weights
from groundwork.data.batches import Batches, sample_batch
from tests.support import document_layers
from tests.support import models

# It adds up losses in another order each time, and `fit` reports the sum.
pytestmark = pytest.mark.usefixtures("graph_optimizer_off")

MODELS = sorted({example.model for example in models.CHEAP})
DTYPES = ("float32", "float64")
# Saved and evaluated by every test run: numbers, labels, codes; of the first, float64, too. Every
# model, but the one of loops, whose steps take seconds to trace, is trained by `fit`.
QUICK = ("dense_gan", "conditional_gan", "vae")
SOME = [pytest.param(model, marks=() if model in QUICK else pytest.mark.slow) for model in MODELS]
CASES = [pytest.param(model, dtype, marks=() if (
    model == QUICK[0] if dtype == "float64" else model in QUICK)
    else pytest.mark.slow) for model in MODELS for dtype in DTYPES]
STEPS = 6


def losses_of(model, **flags):
    """The names of the losses of the first example of a model with these flags, sorted."""
    return sorted(next(example.losses for example in models.CHEAP
                       if example.model == model and flags.items() <= example.flags.items()))


def make(model, dtype="float32", **flags):
    """A new model as a Keras user makes it, not compiled, with reproducible weights."""
    hparams = hyperparameters.make(model, dict({"batch_size": 32}, **flags))
    kind = type(importlib.import_module("modern.models." + model).program(hparams, dtype).model)
    made = kind(hparams, dtype=dtype)
    training.initialize(made, 1)
    return made


def dataset(model, data, steps=STEPS, dtype="float32", first=1):
    """A tf.data data set of batch dictionaries."""
    batches = Batches(data, model.hparams, dtype)
    stack = [batches(1, first + step) for step in range(steps)]
    return tf.data.Dataset.from_tensor_slices(
        {key: np.stack([batch[key] for batch in stack]) for key in stack[0]})


def fit(model, data, epochs=1, **arguments):
    return model.fit(data, epochs=epochs, shuffle=False, verbose=0, **arguments).history


def inputs(model, dtype="float32"):
    """Five rows of what a model is called on: noise, or `{input: array}` where it takes several."""
    batch = sample_batch(model.hparams, 3, dtype, 5)
    named = {key.removeprefix("sample/"): value for key, value in batch.items()}
    return named["noise"] if len(named) == 1 else named


def assert_equal_weights(ours, reference):
    assert [v.path for v in ours.variables] == [v.path for v in reference.variables]
    for one, other in zip(ours.variables, reference.variables):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), strict=True)


def assert_equal_optimizers(ours, reference):
    assert list(ours.loss_optimizers) == list(reference.loss_optimizers)
    for loss, optimizer in reference.loss_optimizers.items():
        slots = ours.loss_optimizers[loss].variables
        assert [v.path for v in slots] == [v.path for v in optimizer.variables]
        for one, other in zip(slots, optimizer.variables):
            np.testing.assert_array_equal(one.numpy(), other.numpy(), strict=True)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("model", sorted(document_layers.LAYERS))
def test_variables_have_the_names_and_widths_of_the_document(model, dtype, document_shapes):
    variables = make(model, dtype).variables
    assert {v.path: tuple(v.shape) for v in variables} == document_shapes[model]
    assert {v.dtype for v in variables} == {dtype}


@pytest.mark.parametrize("model,parameters", [
    ("mlp_gan", {"generator": 579728, "discriminator": 566273}),
    ("vae", {"encoder": 111336, "decoder": 110800}),
    ("bgd_gan", {"generator": 130576, "discriminator": 117121}),
    ("dense_gan", {"generator": 100 * 20 + 20 + 20 + 1, "discriminator": 20 + 20 + 20 + 1}),
    ("wgan", {"generator": 579728, "discriminator": 566273}),
])
def test_parameter_counts(model, parameters):
    made = make(model)
    assert {network: getattr(made, network).count_params() for network in parameters} == parameters
    assert made.count_params() == sum(parameters.values())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("model", MODELS)
def test_call_and_predict_give_images_or_numbers_of_the_models_dtype(model, dtype):
    made = make(model, dtype)
    images = made(inputs(made, dtype))
    assert images.shape == (5, *(made.hparams.image_shape or (1,)))
    assert images.dtype == dtype
    predicted = made.predict(inputs(made, dtype), verbose=0)
    assert predicted.dtype == dtype
    np.testing.assert_allclose(predicted, images, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("example", [
    pytest.param(*each.values, id=each.id, marks=pytest.mark.slow)
    if each.values[0].model == "recurrent_gan" else each
    for each in models.parameters(models.CHEAP)])
def test_fit_reports_each_loss_as_the_mean_of_the_epoch(example, data_of):
    model, flags = example.model, example.flags
    made = make(model, **flags)
    made.compile(run_eagerly=True)
    data = dataset(made, data_of(model))
    history = fit(made, data)

    again = make(model, **flags)
    again.compile()
    curves = {}
    for batch in data:
        for values in training.run_step(again.as_program(), batch).values():
            for name, loss in values.items():
                curves.setdefault(name, []).append(float(loss))
    assert sorted(history) == sorted(curves) == sorted(example.losses)
    for name, curve in curves.items():
        assert len(set(curve)) == STEPS
        np.testing.assert_allclose(history[name], [np.mean(curve)], rtol=1e-5)
    assert_equal_weights(again, made)


def test_fit_teaches_the_vae(digits):
    made = make("vae")
    made.compile()
    curve = fit(made, dataset(made, digits, steps=30), epochs=4)["vae"]
    assert curve == sorted(curve, reverse=True)
    assert curve[-1] < 0.5 * curve[0]


@pytest.mark.parametrize("model", SOME)
def test_evaluate_and_validation_data_give_losses_and_move_nothing(model, data_of):
    made = make(model)
    made.compile()
    data = dataset(made, data_of(model), steps=2)
    evaluated = made.evaluate(data, verbose=0, return_dict=True)
    names = losses_of(model)
    assert sorted(evaluated) == names
    assert_equal_weights(made, make(model))
    again = made.evaluate(data, verbose=0, return_dict=True)
    assert again == evaluated

    history = fit(made, data, epochs=2, validation_data=data)
    assert sorted(history) == sorted(names + ["val_" + name for name in names])
    assert history["val_" + names[0]][-1] == pytest.approx(
        made.evaluate(data, verbose=0, return_dict=True)[names[0]])


def test_callbacks_log_save_and_stop(digits, tmp_path):
    made = make("vae")
    made.compile()
    stop = keras.callbacks.EarlyStopping("vae", min_delta=1e6, patience=1, mode="min")
    history = fit(made, dataset(made, digits), epochs=5, callbacks=[
        keras.callbacks.ModelCheckpoint(str(tmp_path / "best.keras"), monitor="vae",
                                        mode="min", save_best_only=True),
        keras.callbacks.CSVLogger(str(tmp_path / "log.csv")),
        stop,
    ])
    assert stop.stopped_epoch == 1
    assert len(history["vae"]) == 2
    with open(str(tmp_path / "log.csv")) as log:
        rows = list(csv.DictReader(log))
    assert [float(row["vae"]) for row in rows] == pytest.approx(history["vae"])
    assert_equal_weights(keras.saving.load_model(str(tmp_path / "best.keras")), made)


def test_callbacks_change_the_only_optimizers_learning_rate(digits):
    made = make("vae")
    made.compile()
    fit(made, dataset(made, digits), epochs=2, callbacks=[
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)])
    assert made.loss_optimizers["vae"].learning_rate.numpy() == pytest.approx(2.5e-4)


@pytest.mark.parametrize("model,dtype", CASES)
def test_saved_model_loads_equal_and_continues_where_it_was(model, dtype, data_of, tmp_path):
    made = make(model, dtype, optimizer="adam")
    made.compile()
    fit(made, dataset(made, data_of(model), dtype=dtype))
    path = str(tmp_path / "model.keras")
    made.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = keras.saving.load_model(path)

    assert type(loaded) is type(made)
    assert loaded.hparams == made.hparams
    assert loaded.dtype_policy.name == dtype
    assert_equal_weights(loaded, made)
    images = loaded(inputs(made, dtype))
    assert images.dtype == dtype
    np.testing.assert_array_equal(images, made(inputs(made, dtype)))

    assert_equal_optimizers(loaded, made)
    more = dataset(made, data_of(model), dtype=dtype, first=STEPS + 1)
    assert fit(loaded, more) == fit(made, more)
    assert_equal_weights(loaded, made)
    assert_equal_optimizers(loaded, made)


def test_loaded_model_can_be_compiled_again_with_stock_optimizers(digits, tmp_path):
    made = make("mlp_gan")
    made.compile()
    made.save(str(tmp_path / "model.keras"))
    loaded = keras.saving.load_model(str(tmp_path / "model.keras"))
    loaded.compile(stock_optimizers=True)
    assert type(loaded.loss_optimizers["generator"]) is keras.optimizers.Adam
    assert np.all(np.isfinite(fit(loaded, dataset(loaded, digits))["generator"]))

    loaded.save(str(tmp_path / "stock.keras"))
    stock = keras.saving.load_model(str(tmp_path / "stock.keras"))
    assert type(stock.loss_optimizers["generator"]) is keras.optimizers.Adam


def test_model_saved_before_compile_loads_uncompiled(tmp_path):
    made = make("bgd_gan")
    made.save(str(tmp_path / "model.keras"))
    loaded = keras.saving.load_model(str(tmp_path / "model.keras"))
    assert not loaded.compiled
    assert_equal_weights(loaded, made)


@pytest.mark.parametrize("model", SOME)
def test_saved_weights_load_into_a_new_model(model, data_of, tmp_path):
    made = make(model)
    made.compile()
    fit(made, dataset(made, data_of(model)))
    path = str(tmp_path / "model.weights.h5")
    made.save_weights(path)
    for compiled in (False, True):
        other = make(model)
        assert np.any(other.variables[0].numpy() != made.variables[0].numpy())
        if compiled:
            other.compile()
        other.load_weights(path)
        assert_equal_weights(other, made)


def test_configuration_can_be_used_twice():
    made = make("vae", "float64", latent_size=3, learning_rate=0.5)
    config = made.get_config()
    for _ in range(2):
        copy = type(made).from_config(config)
        assert copy.hparams == made.hparams
        assert copy.dtype_policy.name == "float64"
    assert keras.config.floatx() == "float32"


def test_compile_refuses_what_it_would_ignore():
    made = make("vae")
    for arguments in ({"loss": "mse"}, {"optimizer": "adam"}):
        with pytest.raises(TypeError, match=next(iter(arguments))):
            made.compile(**arguments)


def test_initial_weights_follow_seed_and_name():
    made = make("mlp_gan")
    for variable in made.variables:
        np.testing.assert_array_equal(
            variable.numpy(), initial_weights.draw(1, variable.path, variable.shape))


@pytest.mark.filterwarnings("ignore:.*was produced by a Sigmoid:UserWarning")
@pytest.mark.parametrize("sigmoid,in_graph,undone", [
    (keras.ops.sigmoid, True, True),
    (keras.ops.sigmoid, False, True),
    (tf.sigmoid, True, True),
    (tf.sigmoid, False, False),
])
def test_keras_cross_entropy_looks_behind_a_sigmoid_and_ours_does_not(sigmoid, in_graph, undone):
    logits = tf.constant([[-3.0], [0.0], [4.0]])
    once = np.mean(np.log1p(np.exp(-logits.numpy())))
    twice = np.mean(np.log1p(np.exp(-1 / (1 + np.exp(-logits.numpy())))))
    assert once - twice > 0.5

    def keras_loss(x):
        return keras.ops.mean(keras.ops.binary_crossentropy(
            tf.ones_like(x), sigmoid(x), from_logits=True))

    def our_loss(x):
        return losses.sigmoid_cross_entropy(sigmoid(x), 1.0)

    mode = tf.function if in_graph else (lambda function: function)
    assert float(mode(keras_loss)(logits)) == pytest.approx(once if undone else twice, rel=1e-6)
    assert float(mode(our_loss)(logits)) == pytest.approx(twice, rel=1e-6)
