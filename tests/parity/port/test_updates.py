"""Gradients as given and as clipped, slots, and the update that follows from them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from parity.port import optimizers

RNG = np.random.default_rng(3)
X = RNG.normal(size=(8, 3))
Y = RNG.normal(size=(8, 2))
KERNEL = RNG.normal(size=(3, 2))
SLOT = RNG.uniform(0.5, 1.0, size=(3, 2))


def linear(optimizer):
    """The mean squared error of a linear model without bias."""
    inputs = keras.Input((3,), name="x")
    outputs = keras.layers.Dense(2, use_bias=False, name="out")(inputs)
    return keras.Model(inputs, outputs), keras.losses.MeanSquaredError(), optimizer


def gradient_of(kernel):
    return 2 * X.T @ (X @ kernel - Y) / Y.size


def given(**slots):
    """A job's arrays: the kernel, `{role: its slot}`, and 4 updates made."""
    arrays = {f"slot/0/0/out/kernel/{role}": value for role, value in slots.items()}
    return {"state/0/out/kernel": KERNEL, "iterations/0/0": np.int64(4), **arrays}


def test_adam_step_from_a_given_state_in_float64(take, floatx):
    floatx("float64")
    taken = take(linear(keras.optimizers.Adam(0.1, 0.5, 0.9, epsilon=1e-8)), {"x": X, "y": Y},
                 ["y"], given(m=SLOT, v=2 * SLOT))
    gradient = gradient_of(KERNEL)
    m, v = 0.5 * SLOT + 0.5 * gradient, 0.9 * 2 * SLOT + 0.1 * gradient ** 2
    rate = 0.1 * np.sqrt(1 - 0.9 ** 5) / (1 - 0.5 ** 5)
    expected = KERNEL - rate * m / (np.sqrt(v) + 1e-8)
    np.testing.assert_allclose(taken.kind("gradient")["0/out/kernel"], gradient, rtol=1e-12)
    np.testing.assert_allclose(taken.kind("slot_after")["0/out/kernel/m"], m, rtol=1e-6)
    np.testing.assert_allclose(taken.kind("slot_after")["0/out/kernel/v"], v, rtol=1e-6)
    np.testing.assert_allclose(taken.kind("after")["out/kernel"], expected, rtol=1e-6)
    assert all(array.dtype == np.float64 for array in taken.arrays.values())


def test_rmsprop_keeps_mean_square_gradient_and_momentum(take, floatx):
    floatx("float64")
    optimizer = keras.optimizers.RMSprop(0.1, rho=0.75, momentum=0.5, epsilon=1e-3, centered=True)
    taken = take(linear(optimizer), {"x": X, "y": Y}, ["y"],
                 given(mean_square=3 + SLOT, mean_gradient=SLOT, momentum=-SLOT))
    gradient = gradient_of(KERNEL)
    square = 0.75 * (3 + SLOT) + 0.25 * gradient ** 2
    mean = 0.75 * SLOT + 0.25 * gradient
    momentum = -0.5 * SLOT + 0.1 * gradient / np.sqrt(square - mean ** 2 + 1e-3)
    after = {name.rpartition("/")[2]: value for name, value in taken.kind("slot_after").items()}
    np.testing.assert_allclose(after["mean_square"], square, rtol=1e-6)
    np.testing.assert_allclose(after["mean_gradient"], mean, rtol=1e-6)
    np.testing.assert_allclose(after["momentum"], momentum, rtol=1e-6)
    np.testing.assert_allclose(taken.kind("after")["out/kernel"], KERNEL - momentum, rtol=1e-6)


@pytest.mark.parametrize("made,roles", [
    (lambda: keras.optimizers.SGD(0.1, 0.9), {"momentum"}),
    (lambda: keras.optimizers.Adagrad(0.1), {"accumulator"}),
    (lambda: keras.optimizers.Ftrl(0.1), {"accumulator", "linear"}),
    (lambda: keras.optimizers.Adadelta(0.1), {"accumulator", "accumulator_update"}),
    (lambda: keras.optimizers.Adam(0.1, amsgrad=True, use_ema=True),
     {"m", "v", "v_hat", "average"}),
    (lambda: keras.optimizers.AdamW(0.1), {"m", "v"}),
    (lambda: keras.optimizers.RMSprop(0.1), {"mean_square"}),
    (lambda: keras.optimizers.Adamax(0.1), {"m", "u"}),
    (lambda: keras.optimizers.Nadam(0.1), {"m", "v"}),
    (lambda: keras.optimizers.Lion(0.1), {"momentum"}),
])
def test_roles_of_stock_optimizers(made, roles):
    optimizer = made()
    variables = [keras.Variable(np.ones(2), name=name) for name in ("a", "b")]
    optimizer.build(variables)
    found = optimizers.slots(optimizer)
    assert {slot.role for slot in found} == roles
    assert all(sum(slot.trained is variable for slot in found) == len(roles)
               for variable in variables)


class HandMade(keras.optimizers.Optimizer):
    """An optimiser of the author's: a mean square that starts at one, a power of its own."""

    def build(self, variables):
        super().build(variables)
        self.squares = [self.add_variable_from_reference(variable, "rms", "ones")
                        for variable in variables]
        self.power = self.add_variable((), "ones", name="power")

    def apply(self, grads, trainable_variables=None):
        super().apply(grads, trainable_variables)
        self.power.assign(self.power * 0.5)

    def update_step(self, gradient, variable, learning_rate):
        square = self.squares[self._get_variable_index(variable)]
        self.assign(square, 0.5 * square + 0.5 * gradient ** 2)
        self.assign_sub(variable, learning_rate * gradient)


def test_slots_of_other_optimizers_are_found_by_name(take):
    taken = take(linear(HandMade(0.1)), {"x": X, "y": Y}, ["y"], {
        **given(mean_square=SLOT), "own/0/0/power": np.float32(0.25)})
    np.testing.assert_allclose(taken.kind("slot_after")["0/out/kernel/mean_square"],
                               0.5 * SLOT + 0.5 * gradient_of(KERNEL) ** 2, rtol=1e-4)
    assert taken.kind("own_after") == {"0/power": 0.125}
    assert len(taken.observation.updates) == 1  # `apply` of the class and of its base are one
    assert optimizers.stock_class(taken.port.optimizers[0]) is None


def test_names_that_start_alike_are_told_apart():
    variables = [keras.Variable(np.ones(2), name=name) for name in ("a", "a_b")]
    optimizer = HandMade(0.1)
    optimizer.build(variables)
    found = [(slot.trained.name, slot.role) for slot in optimizers.slots(optimizer)]
    assert found == [("a", "mean_square"), ("a_b", "mean_square")]


def test_gradients_before_and_after_clipping_by_global_norm(take):
    taken = take(linear(keras.optimizers.SGD(0.1, global_clipnorm=0.01)), {"x": X, "y": Y},
                 ["y"], given())
    gradient = gradient_of(KERNEL)
    np.testing.assert_allclose(taken.kind("gradient")["0/out/kernel"], gradient, rtol=1e-4)
    np.testing.assert_allclose(taken.kind("clipped")["0/out/kernel"],
                               gradient * 0.01 / np.linalg.norm(gradient), rtol=1e-4)


def test_rate_is_read_before_each_update(take):
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([4, 6], [1.0, 0.5, 0.25])
    taken = take(linear(keras.optimizers.SGD(schedule)), {"x": X, "y": Y}, ["y"],
                 {"state/0/out/kernel": KERNEL, "iterations/0/0": np.int64(5)})
    assert taken.observation.updates[0]["rate"] == 0.5
    np.testing.assert_allclose(taken.kind("after")["out/kernel"],
                               KERNEL - 0.5 * gradient_of(KERNEL), rtol=1e-4)


def test_rows_of_an_embedding_that_occur_twice_are_added_up(take):
    inputs = keras.Input((3,), dtype="int32", name="words")
    outputs = keras.layers.Embedding(5, 2, name="table")(inputs)
    model = keras.Model(inputs, outputs)
    taken = take((model, lambda y, z: tf.reduce_sum(z * y), keras.optimizers.SGD(1.0)),
                 {"words": np.array([[1, 3, 1]]), "y": np.array([[[1.0, 2], [3, 4], [5, 6]]])},
                 ["y"])
    expected = np.array([[0, 0], [6, 8], [0, 0], [3, 4], [0, 0]], np.float32)
    np.testing.assert_array_equal(taken.kind("gradient")["0/table/embeddings"], expected)
    np.testing.assert_allclose(taken.kind("after")["table/embeddings"],
                               taken.started["table/embeddings"] - expected, rtol=1e-6)


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_missing_gradients_are_noted(take):
    model = linear(None)[0]
    unused = keras.layers.Dense(1, name="unused")
    unused.build((None, 3))
    model.unused = unused
    taken = take((model, keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.1)),
                 {"x": X, "y": Y}, ["y"], given())
    assert taken.observation.none_gradients == [
        {"update": 0, "variables": ["unused/kernel", "unused/bias"]}]
    assert set(taken.kind("gradient")) == {"0/out/kernel"}
    np.testing.assert_allclose(taken.kind("after")["out/kernel"],
                               KERNEL - 0.1 * gradient_of(KERNEL), rtol=1e-4)


def test_a_step_without_any_gradient_is_a_finding(take):
    taken = take((linear(None)[0], lambda y, z: tf.reduce_sum(tf.stop_gradient(z)),
                  keras.optimizers.SGD(0.1)), {"x": X, "y": Y}, ["y"])
    assert taken.observation.none_gradients == [{"update": 0, "variables": ["out/kernel"]}]
    np.testing.assert_array_equal(taken.kind("after")["out/kernel"], taken.started["out/kernel"])
