"""The forms of a port, and what is said of anything else."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from parity.port import description
from parity.port import forms
from parity.port import loading
from parity.port import port as ports

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
    np.testing.assert_allclose(taken.kind("gradient")["0/out/kernel"], gradients[0], rtol=1e-5)
    np.testing.assert_allclose(taken.kind("gradient")["0/out/bias"], gradients[1], rtol=1e-5)
    np.testing.assert_allclose(taken.kind("after")["out/kernel"], kernel - 0.01 * gradients[0],
                               rtol=1e-5)
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


class Adversaries:
    """A GAN of two functional models with layers of the same names, and its two phases."""

    def __init__(self):
        self.generator, self.discriminator = network("generator"), self._discriminator()
        self.model = {"generator": self.generator, "discriminator": self.discriminator}
        self.d_optimizer = keras.optimizers.SGD(0.5)
        self.g_optimizer = keras.optimizers.SGD(0.25)

    @staticmethod
    def _discriminator():
        inputs = keras.Input((2,))
        return keras.Model(inputs, keras.layers.Dense(1, name="out")(inputs), name="discriminator")

    def step(self, batch):
        generated = self.generator(batch["x"], training=True)
        with tf.GradientTape() as tape:
            d_loss = tf.reduce_mean(self.discriminator(generated)
                                    - self.discriminator(batch["y"]))
        self._apply(tape, d_loss, self.d_optimizer, self.discriminator)
        with tf.GradientTape() as tape:
            g_loss = -tf.reduce_mean(self.discriminator(self.generator(batch["x"])))
        self._apply(tape, g_loss, self.g_optimizer, self.generator)
        return {"d": d_loss, "g": [g_loss]}

    @staticmethod
    def _apply(tape, loss, optimizer, model):
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))


def test_object_with_two_optimizers_is_two_updates(take):
    taken = take(Adversaries(), BATCH)
    assert [update["optimizer"] for update in taken.observation.updates] == [0, 1]
    assert [update["rate"] for update in taken.observation.updates] == [0.5, 0.25]
    started, gradients = taken.started, taken.kind("gradient")
    assert set(started) == {f"{model}/out/{leaf}" for model in ("generator", "discriminator")
                            for leaf in ("kernel", "bias")}
    generated = X @ started["generator/out/kernel"] + started["generator/out/bias"]
    d_gradient = (generated.mean(0) - Y.mean(0))[:, None]
    np.testing.assert_allclose(gradients["0/discriminator/out/kernel"], d_gradient, rtol=1e-4)
    moved = started["discriminator/out/kernel"] - 0.5 * d_gradient  # what the second phase sees
    np.testing.assert_allclose(gradients["1/generator/out/bias"], -moved[:, 0], rtol=1e-4)
    assert set(taken.kind("loss")) == {"d", "g/0"}
    outputs = taken.observation.outputs
    assert outputs["discriminator/out"]["update"] == 0
    assert outputs["discriminator/out/2"]["update"] == 1
    assert outputs["generator/out"]["variables"] == ["generator/out/kernel", "generator/out/bias"]


class OwnStep(keras.Model):
    """A subclassed model with a `train_step` and a second optimiser of its own."""

    def __init__(self):
        super().__init__()
        self.parts = [keras.layers.Dense(4, name="first"), keras.layers.Dense(2, name="second")]

    def compile(self, own_optimizer):
        super().compile()
        self.own_optimizer = own_optimizer

    def call(self, inputs):
        return self.parts[1](self.parts[0](inputs))

    def train_step(self, data):
        inputs, labels = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((self(inputs, training=True) - labels) ** 2)
        self.own_optimizer.apply(tape.gradient(loss, self.trainable_variables),
                                 self.trainable_variables)
        return {"squares": loss}


def test_custom_train_step_is_made_by_one_step_and_undone(take):
    model = OwnStep()
    model.compile(keras.optimizers.Adam(0.1))
    taken = take(model, BATCH, ["y"])
    assert [type(optimizer).__name__ for optimizer in taken.port.optimizers] == ["RMSprop", "Adam"]
    assert taken.observation.updates[0]["optimizer"] == 1
    np.testing.assert_array_equal(taken.started["own_step/first/bias"], 0)
    np.testing.assert_allclose(np.abs(taken.kind("after")["own_step/first/bias"]), 0.1, rtol=1e-3)
    hidden = X @ taken.started["own_step/first/kernel"]
    np.testing.assert_allclose(
        taken.kind("loss")["squares"],
        np.sum((hidden @ taken.started["own_step/second/kernel"] - Y) ** 2), rtol=1e-5)
    assert int(taken.port.optimizers[1].iterations) == 1


def test_variables_beside_the_models_are_restored(take):
    class Weighted(Adversaries):
        def __init__(self):
            super().__init__()
            self.weight = keras.Variable(3.0, name="weight")

        def step(self, batch):
            with tf.GradientTape() as tape:
                loss = tf.square(tf.convert_to_tensor(self.weight))
            self.d_optimizer.apply([tape.gradient(loss, self.weight.value)], [self.weight])
            return loss

    taken = take(Weighted(), BATCH)
    assert taken.started["weight"] == 3.0 and taken.kind("after")["weight"] == 0.0


def unfit():
    class NoStep:
        model = network()
    model = network()
    return [(None, "None"), (model, r"a keras.Model \(Functional\) that is not compiled"),
            ((model, "mse"), r"\(Functional, str\)"),
            ((model, "mse", keras.optimizers.SGD()), r"\(Functional, str, SGD\)"),
            (NoStep(), "a NoStep"), ({"loss": 1}, "a dict")]


@pytest.mark.parametrize("number", range(6))
def test_anything_else_is_named_in_one_line(number):
    returned, said = unfit()[number]
    with pytest.raises(TypeError, match=f"^port.py:build returned {said}; expected a compiled"):
        loading.recognised(returned, "port.py:build")


def test_a_model_without_variables_needs_a_batch():
    model = keras.Sequential([keras.layers.Dense(2)])
    form = loading.recognised((model, keras.losses.MeanSquaredError(), keras.optimizers.SGD()), "")
    with pytest.raises(ValueError, match="Sequential has no variables before it is called"):
        ports.Port(form)


def test_description_tells_layers_inputs_and_optimizers(ready):
    inputs = keras.Input((5, 3), name="text")
    outputs = keras.layers.LSTM(4, name="lstm")(inputs)
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    returned = (keras.Model(inputs, outputs), keras.losses.MeanSquaredError(),
                keras.optimizers.Adam(rate, epsilon=1e-8))
    port, _ = ready(returned, {"text": np.zeros((2, 5, 3)), "y": np.zeros((2, 4))}, ["y"])
    found = description.describe(port)
    assert found["form"] == "triple"
    assert [row["leaf"] for row in found["variables"]] == ["kernel", "recurrent_kernel", "bias"]
    row = found["variables"][1]
    assert (row["path"], row["shape"], row["layer"]) == (
        "lstm/lstm_cell/recurrent_kernel", [4, 16], "LSTMCell")
    assert row["config"]["units"] == 4 and row["config"]["unit_forget_bias"] is True
    assert found["inputs"] == [{"name": "text", "shape": [None, 5, 3], "dtype": "float32"}]
    optimizer = found["optimizers"][0]
    assert optimizer["config"]["epsilon"] == 1e-8 and optimizer["stock"] == "Adam"
    assert optimizer["config"]["learning_rate"]["config"]["decay_steps"] == 10
    assert optimizer["trained"] == [row["path"] for row in found["variables"]]
    assert optimizer["roles"] == ["m", "v"]


def test_named_losses_of_nested_results():
    assert forms.named_losses(None) == {}
    assert forms.named_losses(2.0) == {"loss": 2.0}
    assert forms.named_losses({"d": 1.0, "g": {"fool": 2.0, "none": None}}) == {
        "d": 1.0, "g/fool": 2.0}
