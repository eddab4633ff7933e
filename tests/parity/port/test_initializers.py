"""What Keras layers declare as their variables' start, and what is drawn from it."""

import math

import keras
import numpy as np
import pytest

from parity.port import initializers

SHAPE = (30, 40)


def keras_side(initializer, shape=SHAPE, dtype="float32"):
    """(what a layer with this initialiser declares, its draws)."""
    if len(shape) == 2:
        layer = keras.layers.Dense(shape[1], kernel_initializer=initializer, dtype=dtype, name="a")
    else:
        layer = keras.layers.Conv2D(shape[-1], shape[:2], kernel_initializer=initializer,
                                    dtype=dtype, name="a")
    layer.build((None,) + (8,) * (len(shape) - 2) + (shape[-2],))
    found = initializers.of(layer, layer.kernel)
    declared = initializers.declared(found, shape)
    return declared, initializers.draws(found, shape, dtype, declared)


@pytest.mark.parametrize("seed", [None, 7, "generator"])
def test_draws_are_fresh_whatever_the_seed(seed):
    seed = keras.random.SeedGenerator(3) if seed == "generator" else seed
    _, draws = keras_side(keras.initializers.RandomNormal(0.0, 1.0, seed=seed))
    assert draws.shape == (20000,)
    assert draws.dtype == np.float64
    assert np.unique(draws).size > 19900
    assert (abs(draws.mean()), draws.std()) == (pytest.approx(0, abs=0.05),
                                                pytest.approx(1, abs=0.05))


@pytest.mark.parametrize("shape, fan_in, fan_out", [
    ((), 1, 1), ((7,), 7, 7), ((3, 4), 3, 4), ((5, 3, 4), 15, 20), ((2, 5, 3, 4), 30, 40)])
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
def test_scaling_counts_the_fans_of_every_shape(shape, fan_in, fan_out, mode):
    initializer = keras.initializers.VarianceScaling(3.0, mode, "uniform", seed=1)
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    limit = math.sqrt(9.0 / fan)
    assert initializers.declared(initializer, shape) == {
        "kind": "uniform", "low": pytest.approx(-limit), "high": pytest.approx(limit)}
    drawn = np.abs(np.asarray(initializer(shape)))
    assert np.all(drawn <= limit * (1 + 1e-6))


def test_every_variable_of_a_layer_is_found():
    normalization = keras.layers.BatchNormalization(gamma_initializer="ones", name="norm")
    dense = keras.layers.Dense(4, bias_initializer=keras.initializers.Constant(0.5), name="dense")
    dense.build((None, 3))
    normalization.build((None, 4))
    assert {variable.name: type(initializers.of(layer, variable)).__name__
            for layer in (dense, normalization) for variable in layer.variables} == {
        "kernel": "GlorotUniform", "bias": "Constant", "gamma": "Ones", "beta": "Zeros",
        "moving_mean": "Zeros", "moving_variance": "Ones"}


@pytest.mark.parametrize("given, found", [
    ({"initializer": "he_normal"}, "HeNormal"), ({}, "GlorotUniform"),
    ({"initializer": keras.initializers.Constant(2.0)}, "Constant"),
    ({"trainable": False, "initializer": "ones"}, "NoneType")])
def test_a_weight_that_a_layer_or_a_model_adds_itself_has_its_initialiser(given, found):
    initializers.note()
    initializers.note()
    model = keras.Model()
    variable = model.add_weight(shape=(3, 4), name="own", **given)
    assert type(initializers.of(model, variable)).__name__ == found
    assert type(initializers.of(None, variable)).__name__ == found
    if found == "Constant":
        np.testing.assert_array_equal(variable.numpy(), np.full((3, 4), 2.0))


def test_a_variable_of_no_layer_declares_nothing():
    assert initializers.of(None, keras.Variable(np.zeros(3), name="loose")) is None


def test_initialiser_of_a_users_own_is_other():
    class Own(keras.initializers.Initializer):
        def __init__(self, scale, seed=None):
            self.scale, self.seed = scale, seed

        def __call__(self, shape, dtype=None):
            return self.scale * keras.random.uniform(shape, dtype=dtype, seed=self.seed)

        def get_config(self):
            return {"scale": self.scale, "seed": self.seed}

    declared, draws = keras_side(Own(3.0))
    assert declared == {"kind": "other"}
    assert np.unique(draws).size > 19000
    assert draws.mean() == pytest.approx(1.5, abs=0.05)


def test_function_as_initialiser_is_other():
    declared, draws = keras_side(
        lambda shape, dtype=None: keras.random.uniform(shape, dtype=dtype))
    assert declared == {"kind": "other"}
    assert np.unique(draws).size > 19000
