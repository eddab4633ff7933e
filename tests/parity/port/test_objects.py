"""Ports with steps of their own: objects, and models with their own `train_step`."""

import keras
import numpy as np
import tensorflow as tf

from parity.port import forms

X = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
Y = np.random.default_rng(1).normal(size=(6, 2)).astype(np.float32)
BATCH = {"x": X, "y": Y}


def network(name="network"):
    inputs = keras.Input((3,), name="x")
    return keras.Model(inputs, keras.layers.Dense(2, name="out")(inputs), name=name)


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
    np.testing.assert_allclose(gradients["0/discriminator/out/kernel"], d_gradient, rtol=1e-4,
                               atol=1e-6)
    moved = started["discriminator/out/kernel"] - 0.5 * d_gradient  # what the second phase sees
    np.testing.assert_allclose(gradients["1/generator/out/bias"], -moved[:, 0], rtol=1e-4,
                               atol=1e-6)
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


class OnBatch:
    """Two compiled models of one discriminator, trained by `train_on_batch`."""

    def __init__(self):
        self.generator = network("generator")
        self.discriminator = keras.Sequential(
            [keras.Input((2,)), keras.layers.Dropout(0.5), keras.layers.Dense(1, name="score")],
            name="discriminator")
        self.discriminator.compile(keras.optimizers.SGD(0.5), "mse")
        inputs = keras.Input((3,))
        self.both = keras.Model(inputs, self.discriminator(self.generator(inputs)), name="both")
        self.both.compile(keras.optimizers.SGD(0.25), "mse")
        self.model = [self.generator, self.discriminator, self.both]

    def step(self, batch):
        zeros = np.zeros((6, 1), np.float32)
        return {"d": self.discriminator.train_on_batch(batch["y"], zeros),
                "g": self.both.train_on_batch(batch["x"], zeros)}


def test_train_on_batch_is_observed(take):
    mask = np.array([[0.0, 0.9], [0.9, 0.0]] * 3, np.float32)
    taken = take(OnBatch(), BATCH, drawn=[("uniform", mask), ("uniform", mask)])
    started = taken.started
    assert [update["optimizer"] for update in taken.observation.updates] == [0, 1]
    assert taken.draws["used"] == [0, 1] and not taken.draws["unanswered"]
    dropped = np.where(mask >= 0.5, 2 * Y, 0)
    score = dropped @ started["discriminator/score/kernel"]
    np.testing.assert_allclose(taken.kind("loss")["d"], np.mean(score ** 2), rtol=1e-5)
    np.testing.assert_allclose(taken.kind("gradient")["0/discriminator/score/kernel"],
                               2 * dropped.T @ score / 6, rtol=1e-4, atol=1e-6)


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


def test_named_losses_of_nested_results():
    assert forms.named_losses(None) == {}
    assert forms.named_losses(2.0) == {"loss": 2.0}
    assert forms.named_losses({"d": 1.0, "g": {"fool": 2.0, "none": None}}) == {
        "d": 1.0, "g/fool": 2.0}
