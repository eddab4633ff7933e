"""What a TensorFlow 1 graph declares as its variables' start, and the draws that follow it."""

import math

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity.tf1 import initializers

SHAPE = (30, 40)
GLOROT = math.sqrt(6.0 / 70)
# {name: (function that makes the initialiser, what it declares)}
KNOWN = {
    "glorot_uniform": (lambda: tf.glorot_uniform_initializer(),
                       {"kind": "uniform", "low": -GLOROT, "high": GLOROT}),
    "random_uniform": (lambda: tf.random_uniform_initializer(-0.2, 0.3),
                       {"kind": "uniform", "low": -0.2, "high": 0.3}),
    "random_normal": (lambda: tf.random_normal_initializer(0.1, 0.02),
                      {"kind": "normal", "mean": 0.1, "stddev": 0.02}),
    "truncated_normal": (lambda: tf.truncated_normal_initializer(0.1, 0.02),
                         {"kind": "truncated_normal", "mean": 0.1, "stddev": 0.02}),
    "seeded": (lambda: tf.random_normal_initializer(0.1, 0.02, seed=3),
               {"kind": "normal", "mean": 0.1, "stddev": 0.02}),
    "he_normal": (lambda: tf.initializers.he_normal(),
                  {"kind": "truncated_normal", "mean": 0.0,
                   "stddev": math.sqrt(2.0 / 30) / 0.87962566103423978}),
    "he_uniform": (lambda: tf.initializers.he_uniform(),
                   {"kind": "uniform", "low": -math.sqrt(6.0 / 30), "high": math.sqrt(6.0 / 30)}),
    "untruncated": (lambda: tf.initializers.variance_scaling(
        1.0, mode="fan_out", distribution="untruncated_normal"),
                    {"kind": "normal", "mean": 0.0, "stddev": math.sqrt(1.0 / 40)}),
    "zeros": (lambda: tf.zeros_initializer(), {"kind": "constant"}),
    "ones": (lambda: tf.ones_initializer(), {"kind": "constant"}),
    "constant": (lambda: tf.constant_initializer(3.0), {"kind": "constant"}),
    "identity": (lambda: tf.initializers.identity(), {"kind": "constant"}),
}
RANDOM = sorted(name for name, (_, declared) in KNOWN.items() if declared["kind"] != "constant")
CONSTANT = sorted(set(KNOWN) - set(RANDOM))


def close(found, expected):
    assert set(found) == set(expected)
    assert found["kind"] == expected["kind"]
    for name in set(expected) - {"kind"}:
        assert found[name] == pytest.approx(expected[name], rel=1e-6)


def read(make, dtype=tf.float32):
    """(what a variable declares, its draws)."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        variable = tf.get_variable("scope/kernel", SHAPE, dtype, initializer=make())
        declared = initializers.declared(graph, variable)
        return declared, initializers.draws(graph, session, variable, declared)


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
@pytest.mark.parametrize("name", sorted(KNOWN))
def test_declared(name, dtype):
    make, expected = KNOWN[name]
    declared, _ = read(make, dtype)
    close(declared, expected)


def _distribution(kind, low=None, high=None, mean=None, stddev=None):
    normal = np.vectorize(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))))
    return {
        "uniform": lambda x: np.clip((x - low) / (high - low), 0, 1),
        "normal": lambda x: normal((x - mean) / stddev),
        "truncated_normal": lambda x: (normal(np.clip((x - mean) / stddev, -2, 2)) - normal(-2))
        / (normal(2) - normal(-2)),
    }[kind]


@pytest.mark.parametrize("name", RANDOM)
def test_draws_follow_what_is_declared(name):
    make, expected = KNOWN[name]
    _, draws = read(make)
    assert draws.shape == (20000,)
    assert draws.dtype == np.float64
    assert np.unique(draws).size > 19000  # no block of them is drawn twice
    ordered = np.sort(draws)
    distance = np.max(np.abs(_distribution(**expected)(ordered) - np.arange(20000) / 20000))
    assert distance < math.sqrt(-math.log(1e-9 / 2) / 2 / 20000) + 1 / 20000


@pytest.mark.parametrize("name, value", [("zeros", 0.0), ("ones", 1.0), ("constant", 3.0)])
def test_constant_is_taken_once(name, value):
    _, draws = read(KNOWN[name][0])
    assert draws.tolist() == [value] * 1200


def test_identity_keeps_its_pattern():
    _, draws = read(KNOWN["identity"][0])
    assert np.array_equal(draws.reshape(SHAPE), np.eye(*SHAPE))


@pytest.mark.parametrize("name", ["random_normal", "truncated_normal", "glorot_uniform",
                                  "constant"])
def test_layers_declare_what_their_initialiser_does(name):
    make, expected = KNOWN[name]
    with tf.Graph().as_default() as graph, tf.Session() as session:
        with tf.variable_scope("generator"):
            tf.layers.dense(tf.zeros([5, 30]), 40, kernel_initializer=make(), name="hidden")
        kernel, bias = tf.trainable_variables()
        declared = initializers.declared(graph, kernel)
        close(declared, expected)
        assert initializers.declared(graph, bias) == {"kind": "constant"}
        draws = initializers.draws(graph, session, kernel, declared)
        assert draws.size == (1200 if name == "constant" else 20000)


def test_layers_without_an_initialiser_have_glorots():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.layers.dense(tf.zeros([5, 30]), 40, name="hidden")
        tf.layers.conv2d(tf.zeros([1, 8, 8, 3]), 16, 5, name="filters")
        found = {v.op.name: initializers.declared(graph, v) for v in tf.trainable_variables()}
        close(found["hidden/kernel"], KNOWN["glorot_uniform"][1])
        limit = math.sqrt(6.0 / (25 * 3 + 25 * 16))
        close(found["filters/kernel"], {"kind": "uniform", "low": -limit, "high": limit})
        draws = initializers.draws(graph, session, tf.trainable_variables("hidden/kernel")[0],
                                   found["hidden/kernel"])
        assert np.unique(draws).size > 19000
        assert abs(draws.std() - GLOROT / math.sqrt(3)) < 0.02 * GLOROT


def _gamma(shape, dtype=None, partition_info=None):
    return tf.random.gamma(shape, 2.0, dtype=dtype) * tf.random_uniform(shape, dtype=dtype)


def _scaled(shape, dtype=None, partition_info=None):
    return 0.1 * tf.random_uniform(shape, -1.0, 21.0, dtype=dtype)


@pytest.mark.parametrize("own", [_gamma, _scaled])
def test_initialiser_of_a_users_own_is_other_when_it_draws(own):
    declared, draws = read(lambda: own)
    assert declared == {"kind": "other"}
    assert draws.size == 20000
    assert draws.mean() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("size", [100, 20001])
def test_twenty_thousand_draws_whatever_the_size(size):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        v = tf.get_variable("v", [size], initializer=tf.random_normal_initializer())
        draws = initializers.draws(graph, session, v, {"kind": "normal"})
        assert draws.size == 20000
        assert np.unique(draws).size > 19900
