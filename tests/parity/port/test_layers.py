"""Outputs of layers, however they are held; state that the forward pass changes."""

import keras
import numpy as np
import tensorflow as tf

X = np.random.default_rng(8).normal(size=(6, 4)).astype(np.float32)


def by_sum(model, optimizer=None):
    return model, lambda y, z: tf.reduce_sum(z), optimizer or keras.optimizers.SGD(0.1)


class Held(keras.Model):
    """Layers as an attribute, in a list, in a dictionary, in a nested model, and used twice."""

    def __init__(self):
        super().__init__(name="held")
        self.alone = keras.layers.Dense(4, name="alone")
        self.listed = [keras.layers.Dense(4, name="listed")]
        self.mapped = {"key": keras.layers.Dense(4, name="mapped")}
        self.nested = keras.Sequential([keras.layers.Dense(4, name="inner")], name="nested")

    def call(self, inputs):
        hidden = self.mapped["key"](self.listed[0](self.alone(inputs)))
        return self.nested(self.alone(hidden))


def test_every_layer_of_a_subclassed_model(take):
    taken = take(by_sum(Held()), {"x": X})
    outputs, started = taken.kind("output"), taken.started
    assert set(outputs) == {"held", "held/alone", "held/alone/1", "held/listed", "held/mapped",
                            "held/nested", "held/nested/inner"}
    first = X @ started["held/alone/kernel"]
    np.testing.assert_allclose(outputs["held/alone"], first, rtol=1e-5, atol=1e-6)
    hidden = first @ started["held/listed/kernel"] @ started["held/mapped/kernel"]
    np.testing.assert_allclose(outputs["held/mapped"], hidden, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(outputs["held/alone/1"], hidden @ started["held/alone/kernel"],
                               rtol=1e-4, atol=1e-6)
    # What no layer gives: the model's own input.
    assert {name: value.tolist() for name, value in taken.kind("taken").items()} == {
        "held/0/0": X.tolist()}
    notes = taken.observation.outputs
    assert notes["held/alone/1"]["variables"] == ["held/alone/kernel", "held/alone/bias"]
    assert notes["held/nested"]["variables"] == [
        "held/nested/inner/kernel", "held/nested/inner/bias"]
    assert np.all(started["held/alone/bias"] == 0)  # its first step was undone
    model = taken.port.form.models[0]
    assert [id(row.variable) for row in taken.port.owned] == [id(row) for row in model.variables]


def sigmoid(value):
    return 1 / (1 + np.exp(-value))


def test_lstm_and_its_states(take, floatx):
    floatx("float64")
    inputs = keras.Input((3, 4), name="x")
    outputs = keras.layers.LSTM(2, return_state=True, name="lstm")(inputs)
    x = np.random.default_rng(9).normal(size=(5, 3, 4))
    taken = take(by_sum(keras.Model(inputs, outputs[0])), {"x": x})
    kernel, recurrent, bias = (taken.started[f"lstm/lstm_cell/{leaf}"]
                               for leaf in ("kernel", "recurrent_kernel", "bias"))
    hidden, cell = np.zeros((5, 2)), np.zeros((5, 2))
    for time in range(3):
        i, f, c, o = np.split(x[:, time] @ kernel + hidden @ recurrent + bias, 4, axis=1)
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(c)
        hidden = sigmoid(o) * np.tanh(cell)
    np.testing.assert_allclose(taken.kind("output")["lstm"], hidden, rtol=1e-10)
    np.testing.assert_allclose(taken.kind("output")["lstm:2"], cell, rtol=1e-10)


def test_moving_averages_of_batch_norm(take):
    inputs = keras.Input((4,), name="x")
    model = keras.Model(inputs, keras.layers.BatchNormalization(momentum=0.75, name="bn")(inputs))
    start = np.array([1, 2, 3, 4], np.float32)
    taken = take(by_sum(model), {"x": X}, given={"state/0/bn/moving_mean": start,
                                                 "state/0/bn/moving_variance": 2 * start})
    np.testing.assert_allclose(taken.kind("after")["bn/moving_mean"],
                               0.75 * start + 0.25 * X.mean(0), rtol=1e-5)
    np.testing.assert_allclose(taken.kind("after")["bn/moving_variance"],
                               0.75 * 2 * start + 0.25 * X.var(0), rtol=1e-5)
    expected = (X - X.mean(0)) / np.sqrt(X.var(0) + 1e-3)
    np.testing.assert_allclose(taken.kind("output")["bn"], expected, rtol=1e-4, atol=1e-5)
    assert [row.variable.name for row in taken.port.owned] == [
        "gamma", "beta", "moving_mean", "moving_variance"]


def test_inputs_by_name_whatever_their_order_and_structure(take):
    parts = {name: keras.Input((4,), name=name) for name in ("left", "right")}
    arrays = {"right": X, "left": 2 * X}
    difference = keras.layers.Subtract(name="difference")([parts["left"], parts["right"]])
    outputs = keras.layers.Dense(1)(difference)
    for structure in (parts, list(parts.values())):
        taken = take(by_sum(keras.Model(structure, outputs)), arrays)
        np.testing.assert_allclose(taken.kind("output")["difference"], X, rtol=1e-6)


def test_inputs_of_other_names_by_order(take):
    inputs = [keras.Input((4,), name="left"), keras.Input((4,), name="right")]
    outputs = keras.layers.Dense(1)(keras.layers.Subtract(name="difference")(inputs))
    taken = take(by_sum(keras.Model(inputs, outputs)), {"a": 2 * X, "b": X, "y": X}, ["y"])
    np.testing.assert_allclose(taken.kind("output")["difference"], X, rtol=1e-6)


def test_what_a_layer_takes_from_elsewhere_is_kept_once(take):
    class Doubling(keras.Model):
        def __init__(self):
            super().__init__(name="doubling")
            self.first = keras.layers.Dense(3, name="first")
            self.heads = [keras.layers.Dense(2, name=name) for name in ("one", "two")]

        def call(self, inputs):
            doubled = 2.0 * self.first(inputs)
            return self.heads[0](doubled) + self.heads[1](doubled)

    taken = take(by_sum(Doubling()), {"x": X})
    found = taken.kind("taken")
    assert list(found) == ["doubling/0/0", "doubling/one/0/0"]
    np.testing.assert_allclose(found["doubling/one/0/0"],
                               2 * taken.kind("output")["doubling/first"], rtol=1e-6)
