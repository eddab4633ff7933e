"""Random draws of a port, answered with given numbers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from parity.port import draws
from parity.port import hooks

X = np.random.default_rng(5).normal(size=(4, 6)).astype(np.float32)
U = np.random.default_rng(6).random((4, 6)).astype(np.float32)
Z = np.random.default_rng(7).normal(size=(4, 6)).astype(np.float32)


def answered(function, *drawn):
    """(result, notes) of a function whose draws are answered by [(kind, numbers)]."""
    given = draws.Draws([numbers for _, numbers in drawn], [kind for kind, _ in drawn])
    with hooks.replaced(draws.replacements(given)):
        return np.asarray(function()), given.notes()


DROPPED = np.where(U >= 0.25, X / 0.75, 0)


@pytest.mark.parametrize("function,drawn,expected", [
    (lambda: keras.layers.Dropout(0.25)(X, training=True), ("uniform", U), DROPPED),
    (lambda: keras.random.dropout(X, 0.25), ("uniform", U), DROPPED),
    (lambda: tf.nn.dropout(X, rate=0.25), ("uniform", U), DROPPED),
    (lambda: keras.layers.GaussianNoise(0.5)(X, training=True), ("normal", Z), X + 0.5 * Z),
    (lambda: keras.random.normal((4, 6), 1.0, 2.0), ("normal", Z), 1 + 2 * Z),
    (lambda: tf.random.normal((4, 6), stddev=2.0), ("normal", Z), 2 * Z),
    (lambda: keras.random.uniform((4, 6), -1.0, 3.0), ("uniform", U), -1 + 4 * U),
    (lambda: tf.random.uniform((4, 6)), ("uniform", U), U),
    (lambda: keras.random.truncated_normal((4, 6), stddev=3.0), ("truncated_normal", Z), 3 * Z),
])
def test_draws_are_the_given_numbers(function, drawn, expected):
    found, notes = answered(function, drawn)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert notes == {"used": [0], "left": [], "reshaped": [], "unanswered": []}


def test_dropout_keeps_where_the_number_equals_the_rate():
    found, _ = answered(lambda: keras.random.dropout(np.ones(3, np.float32), 0.25),
                        ("uniform", np.array([0.25, 0.2499, 0.2501])))
    np.testing.assert_allclose(found, [4 / 3, 0, 4 / 3], rtol=1e-6)


def test_dropout_of_whole_rows():
    found, _ = answered(lambda: keras.layers.Dropout(0.5, noise_shape=(None, 1))(
        X, training=True), ("uniform", np.array([[0.1], [0.9], [0.5], [0.4]])))
    np.testing.assert_allclose(found, 2 * X * np.array([[0], [1], [1], [0]]), rtol=1e-6)


def test_order_is_that_of_the_reference_among_draws_of_one_shape():
    def function():
        return [keras.random.normal((2,)), keras.random.normal((3,))[:2],
                keras.random.normal((2,))]
    found, notes = answered(function, ("normal", np.ones(2)), ("normal", np.full(2, 2.0)),
                            ("normal", np.full(3, 3.0)), ("uniform", np.zeros(2)))
    np.testing.assert_array_equal(found, [[1, 1], [3, 3], [2, 2]])
    assert notes["used"] == [0, 2, 1] and notes["left"] == [3]


def test_another_shape_of_the_same_size_is_said():
    found, notes = answered(lambda: keras.random.uniform((24,)), ("uniform", U))
    np.testing.assert_array_equal(found, U.ravel())
    assert notes["reshaped"] == [{"draw": 0, "shape": [24]}]


@pytest.mark.parametrize("function,said", [
    (lambda: keras.random.uniform((5,)), {"function": "keras.random.uniform", "shape": [5]}),
    (lambda: keras.random.normal((4, 6)), {"function": "keras.random.normal", "shape": [4, 6]}),
    (lambda: keras.random.randint((4,), 0, 9), {"function": "keras.random.randint", "shape": [4]}),
    (lambda: tf.random.uniform((4, 6), 0, 9, tf.int32),
     {"function": "tf.random.uniform", "shape": [4, 6]}),
])
def test_what_no_number_fits_is_drawn_by_keras_and_said(function, said):
    found, notes = answered(function, ("uniform", U))
    assert found.shape == tuple(said["shape"])
    assert notes == {"used": [], "left": [0], "reshaped": [], "unanswered": [said]}


WHOLE = np.array([[0, 3, 1], [2, 2, 0]])


@pytest.mark.parametrize("function,kind,dtype", [
    (lambda: keras.random.randint((2, 3), 0, 4), "whole numbers", "int32"),
    (lambda: tf.random.uniform((2, 3), 0, 4, tf.int64), "whole numbers", "int64"),
    (lambda: keras.random.categorical(np.zeros((2, 5), np.float32), 3), "categorical", "int32"),
    (lambda: tf.random.categorical(np.zeros((2, 5), np.float32), 3, tf.int32), "categorical",
     "int32")])
def test_whole_numbers_are_answered_as_they_were_used(function, kind, dtype):
    found, notes = answered(function, (kind, WHOLE))
    np.testing.assert_array_equal(found, WHOLE)
    assert found.dtype == dtype
    assert notes == {"used": [0], "left": [], "reshaped": [], "unanswered": []}


@pytest.mark.parametrize("function,kind", [
    (lambda: keras.random.randint((2, 3), 0, 3), "whole numbers"),
    (lambda: keras.random.randint((2, 3), 1, 9), "whole numbers"),
    (lambda: keras.random.categorical(np.zeros((2, 3), np.float32), 3), "categorical")])
def test_whole_numbers_that_the_port_cannot_draw_answer_nothing(function, kind):
    found, notes = answered(function, (kind, WHOLE))
    assert found.shape == (2, 3)
    assert notes["left"] == [0] and len(notes["unanswered"]) == 1


def test_an_order_is_drawn_by_the_port_itself_and_said():
    for function, said in ((lambda: keras.random.shuffle(X), "keras.random.shuffle"),
                           (lambda: tf.random.shuffle(X), "tf.random.shuffle")):
        _, notes = answered(function)
        assert notes["unanswered"] == [{"function": said, "shape": [4, 6]}]


def test_a_layer_that_is_built_takes_no_numbers():
    class Noisy(keras.layers.Layer):
        def call(self, inputs):
            return inputs + keras.random.normal(keras.ops.shape(inputs))

    model = keras.Sequential([Noisy(), keras.layers.Dense(1, kernel_initializer="zeros")])

    def function():
        symbolic = model(keras.Input((6,)))
        assert symbolic.shape == (None, 1)
        return model.layers[0](X)
    found, notes = answered(function, ("normal", Z))
    np.testing.assert_allclose(found, X + Z, rtol=1e-6)
    assert notes["used"] == [0] and not notes["unanswered"]


def test_functions_are_back_afterwards():
    before = keras.src.backend.random.normal, tf.random.uniform
    answered(lambda: keras.random.normal((4, 6)), ("normal", Z))
    assert before == (keras.src.backend.random.normal, tf.random.uniform)


def test_draws_of_a_step_in_float64(take, floatx):
    floatx("float64")
    inputs = keras.Input((6,), name="x")
    model = keras.Model(inputs, keras.layers.Dense(1, name="out")(
        keras.layers.Dropout(0.25, name="drop")(inputs)))
    taken = take((model, lambda y, z: tf.reduce_sum(z), keras.optimizers.SGD(0.1)), {"x": X},
                 drawn=[("uniform", U)])
    dropped = np.where(U >= 0.25, X.astype(np.float64) / 0.75, 0)
    np.testing.assert_allclose(taken.kind("output")["drop"], dropped, rtol=1e-14)
    np.testing.assert_allclose(taken.kind("gradient")["0/out/kernel"][:, 0], dropped.sum(0),
                               rtol=1e-12)
    assert taken.draws["used"] == [0]
