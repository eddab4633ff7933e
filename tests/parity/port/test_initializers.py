"""What Keras layers declare as their variables' start, and how it compares with TensorFlow 1."""

import math

import keras
import numpy as np
import pytest
import tensorflow.compat.v1 as tf
import tf_slim

from parity import distributions
from parity.port import initializers
from parity.tf1 import initializers as tf1_initializers

SHAPE = (30, 40)


def keras_side(initializer, shape=SHAPE, dtype="float32"):
    """(what a layer with this initialiser declares, its draws)."""
    if len(shape) == 2:
        layer = keras.layers.Dense(shape[1], kernel_initializer=initializer, dtype=dtype, name="a")
    else:
        layer = keras.layers.Conv2D(shape[-1], shape[:2], kernel_initializer=initializer,
                                    dtype=dtype, name="a")
    model = keras.Sequential([keras.Input((8,) * (len(shape) - 2) + (shape[-2],)), layer])
    found = next(initializer for path, initializer in initializers.by_variable(model).items()
                 if path.endswith("a/kernel"))
    declared = initializers.declared(found, shape)
    return declared, initializers.draws(found, shape, dtype, declared)


def tf1_side(make, shape=SHAPE, dtype="float32"):
    """The same of the TensorFlow 1 layer."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        if len(shape) == 2:
            tf.layers.dense(tf.zeros([1, shape[0]], dtype), shape[1], kernel_initializer=make())
        else:
            tf.layers.conv2d(tf.zeros([1, 8, 8, shape[2]], dtype), shape[3], shape[:2],
                             kernel_initializer=make())
        kernel = tf.trainable_variables()[0]
        assert kernel.shape.as_list() == list(shape)
        declared = tf1_initializers.declared(graph, kernel)
        return declared, tf1_initializers.draws(graph, session, kernel, declared)


def compared(make, initializer, **shape_and_dtype):
    return distributions.compare(*tf1_side(make, **shape_and_dtype),
                                 *keras_side(initializer, **shape_and_dtype))


# What both sides call the same.
PAIRS = {
    "glorot_uniform": (lambda: None, "glorot_uniform"),
    "random_uniform": (lambda: tf.random_uniform_initializer(-0.2, 0.3),
                       keras.initializers.RandomUniform(-0.2, 0.3)),
    "random_normal": (lambda: tf.random_normal_initializer(0.1, 0.02),
                      keras.initializers.RandomNormal(0.1, 0.02)),
    "truncated_normal": (lambda: tf.truncated_normal_initializer(0.1, 0.02),
                         keras.initializers.TruncatedNormal(0.1, 0.02)),
    "glorot_normal": (lambda: tf.glorot_normal_initializer(), "glorot_normal"),
    "he_normal": (lambda: tf.initializers.he_normal(), "he_normal"),
    "he_uniform": (lambda: tf.initializers.he_uniform(), "he_uniform"),
    "lecun_normal": (lambda: tf.initializers.lecun_normal(), "lecun_normal"),
    "untruncated": (
        lambda: tf.initializers.variance_scaling(2.0, "fan_out", "untruncated_normal"),
        keras.initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal")),
    "orthogonal": (lambda: tf.orthogonal_initializer(), "orthogonal"),
    "identity": (lambda: tf.initializers.identity(), "identity"),
    "zeros": (lambda: tf.zeros_initializer(), "zeros"),
    "ones": (lambda: tf.ones_initializer(), "ones"),
    "constant": (lambda: tf.constant_initializer(3.0), keras.initializers.Constant(3.0)),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(PAIRS))
def test_same_initialisers_compare_equal(name, dtype):
    assert compared(*PAIRS[name], dtype=dtype) == ""


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal", "lecun_normal", "untruncated"])
def test_same_scaling_of_convolutions_compares_equal(name):
    assert compared(*PAIRS[name], shape=(3, 5, 2, 6)) == ""


def test_slim_default_compares_equal():
    assert compared(lambda: tf_slim.xavier_initializer(), "glorot_uniform") == ""


def test_he_uniform_is_not_glorots():
    glorot, he = math.sqrt(6 / 70), math.sqrt(6 / 30)
    assert compared(lambda: None, "he_uniform") == (
        f"uniform(high {glorot:.6g}, low {-glorot:.6g}), "
        f"uniform(high {he:.6g}, low {-he:.6g}) in the port")


def test_slims_scaling_is_not_he_normal_by_three_in_a_thousand():
    # Slim makes up for the truncation by a factor of 1.3; He's rule in Keras, exactly.
    slim, he = math.sqrt(1.3 * 2 / 30), math.sqrt(2 / 30) / 0.87962566103423978
    assert slim / he == pytest.approx(1.0029, abs=1e-4)
    legacy, modern = tf1_side(lambda: tf_slim.variance_scaling_initializer()), keras_side(
        "he_normal")
    distance, bound = distributions.kolmogorov_smirnov(legacy[1], modern[1])
    assert distance < bound  # 20,000 draws do not tell
    assert distributions.compare(*legacy, *modern) == (
        f"truncated_normal(mean 0, stddev {slim:.6g}), "
        f"truncated_normal(mean 0, stddev {he:.6g}) in the port")


@pytest.mark.parametrize("legacy, port", [
    ("random_normal", "truncated_normal"), ("truncated_normal", "random_normal"),
    ("zeros", "ones"), ("constant", "ones"), ("zeros", "random_normal"),
    ("glorot_uniform", "glorot_normal"), ("random_uniform", "glorot_uniform")])
def test_other_initialisers_compare_different(legacy, port):
    assert compared(PAIRS[legacy][0], PAIRS[port][1]).endswith(" in the port")


def test_constant_of_another_value_is_shown():
    assert compared(PAIRS["constant"][0], keras.initializers.Constant(2.5)) == (
        "3, 2.5 in the port")


# The Keras side alone.

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
    inner = keras.Sequential([keras.Input((3,)), dense, normalization], name="inner")
    model = keras.Sequential([keras.Input((3,)), inner], name="outer")
    found = initializers.by_variable(model)
    assert {path.split("/")[-1]: type(initializer).__name__
            for path, initializer in found.items()} == {
        "kernel": "GlorotUniform", "bias": "Constant", "gamma": "Ones", "beta": "Zeros",
        "moving_mean": "Zeros", "moving_variance": "Ones"}
    assert set(found) == {variable.path for variable in model.variables
                          if "seed" not in variable.path}


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
