"""Compiled models and triples: loss, gradient and update against NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from parity.port import feeding

X = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
Y = np.random.default_rng(1).normal(size=(6, 2)).astype(np.float32)
BATCH = {"x": X, "y": Y}


def network(name="network"):
    inputs = keras.Input((3,), name="x")
    outputs = keras.layers.Dense(2, name="out", kernel_regularizer=keras.regularizers.L2(0.1))(
        inputs)
    return keras.Model(inputs, outputs, name=name)


def expected_gradient(kernel, bias):
    """Of the mean squared error and 0.1 times the kernel's sum of squares."""
    error = X @ kernel + bias - Y
    return 2 * X.T @ error / error.size + 0.2 * kernel, 2 * error.sum(0) / error.size


def compiled():
    model = network()
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def triple():
    return network(), keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.01)


def triple_of_a_function():
    return network(), keras.losses.mean_squared_error, keras.optimizers.SGD(0.01)


def triple_of_model_and_batch():
    def loss(model, batch):
        return tf.reduce_mean((model(batch["x"], training=True) - batch["y"]) ** 2)
    return network(), loss, keras.optimizers.SGD(0.01)


@pytest.mark.parametrize("build", [compiled, triple, triple_of_a_function,
                                   triple_of_model_and_batch])
def test_loss_gradient_and_update_are_those_of_numpy(take, build):
    taken = take(build(), BATCH, ["y"])
    kernel, bias = taken.started["out/kernel"], taken.started["out/bias"]
    gradients = expected_gradient(kernel, bias)
    np.testing.assert_allclose(taken.kind("gradient")["0/out/kernel"], gradients[0], rtol=1e-5,
                               atol=1e-6)
    np.testing.assert_allclose(taken.kind("gradient")["0/out/bias"], gradients[1], rtol=1e-5,
                               atol=1e-6)
    np.testing.assert_allclose(taken.kind("after")["out/kernel"], kernel - 0.01 * gradients[0],
                               rtol=1e-5, atol=1e-6)
    data, penalty = np.mean((X @ kernel + bias - Y) ** 2), 0.1 * np.sum(kernel ** 2)
    np.testing.assert_allclose(taken.kind("loss")["loss"], data + penalty, rtol=1e-5)
    np.testing.assert_allclose(taken.kind("loss")["regularization"], penalty, rtol=1e-5)
    assert taken.observation.updates == [
        {"optimizer": 0, "variables": ["out/kernel", "out/bias"], "rate": pytest.approx(0.01)}]


def test_metrics_of_a_compiled_model_are_of_this_step_alone(take):
    model = compiled()
    model.train_on_batch(X + 100, Y)
    taken = take(model, BATCH, ["y"])
    kernel, bias = taken.started["out/kernel"], taken.started["out/bias"]
    np.testing.assert_allclose(taken.kind("loss")["mae"], np.mean(np.abs(X @ kernel + bias - Y)),
                               rtol=1e-5)


def test_a_model_that_asks_to_run_eagerly_is_not_traced(ready):
    class Eager(keras.Model):
        def __init__(self):
            super().__init__()
            self.out = keras.layers.Dense(1)

        def call(self, x):
            return self.out(x) * float(x.numpy().max())

    model = Eager()
    model.compile("sgd", "mse", run_eagerly=True)
    port, batch = ready(model, {"x": np.ones((4, 3)), "y": np.ones((4, 1))}, ["y"])
    assert port.form.traced_step(batch)["loss"].shape == ()
    model.run_eagerly = False
    with pytest.raises(AttributeError, match="numpy"):
        port.form.traced_step(batch)


def test_a_model_can_be_called_with_the_whole_batch():
    class Sum(keras.Model):
        def call(self, batch):
            return batch["x"] + batch["y"]

    tensors = feeding.Batch.of({"x": X, "y": X}, [], "float32").tensors
    np.testing.assert_array_equal(Sum()(tensors), X + X)
    with pytest.raises(KeyError, match="z: the batch holds x, y"):
        tensors["z"]
