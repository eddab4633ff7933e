"""What Keras keeps of a port in a file, and what a port holds of a file."""

import keras
import numpy as np
import pytest

from parity.port import weights
from tests.parity.port.test_objects import Adversaries, BATCH, network


def compiled():
    model = network()
    model.compile(keras.optimizers.Adam(0.1), "mse")
    return model


def triple():
    return network(), lambda true, predicted: predicted, keras.optimizers.SGD(0.1, momentum=0.9)


def filled(port):
    """`{"<kind>/<name>": array}` of a port that was filled with numbers that it never starts with.
    """
    for number, (_, _, variable) in enumerate(port.places(), 1):
        variable.assign(np.full(variable.shape, number).astype(variable.numpy().dtype))
    return held(port)


def held(port):
    return {f"{kind}/{name}": value for kind, name, value in port.held()}


def equal(one, other):
    assert list(one) == list(other)
    return all(one[name].tobytes() == other[name].tobytes() for name in one)


@pytest.mark.parametrize("made,ending", [
    (compiled, ".keras"), (compiled, ".weights.h5"), (triple, ".keras"), (triple, ".weights.h5"),
    (Adversaries, ".weights.h5")])
def test_weights_slots_and_counters_come_back_from_a_file(ready, tmp_path, made, ending):
    path = str(tmp_path / ("port" + ending))
    port, _ = ready(made(), BATCH, ["y"])
    expected = filled(port)
    assert {name.partition("/")[0] for name in expected} >= {"state", "iterations"}
    assert weights.write(port, path) == [] and equal(held(port), expected)
    again, _ = ready(made(), BATCH, ["y"])
    assert not equal(held(again), expected)
    assert weights.read(again, path) == [] and equal(held(again), expected)


def test_keras_loads_the_model_of_a_triple_with_its_optimiser(ready, tmp_path):
    port, _ = ready(triple(), BATCH, ["y"])
    filled(port)
    weights.write(port, str(tmp_path / "port.keras"))
    model = keras.models.load_model(tmp_path / "port.keras")
    assert int(model.optimizer.iterations) == held(port)["iterations/0"]
    assert (model.optimizer.momentums[0].numpy() == held(port)["slot/0/out/kernel/momentum"]).all()


def test_an_object_is_saved_under_the_names_of_its_attributes(ready, tmp_path):
    port, _ = ready(Adversaries(), BATCH)
    expected = filled(port)
    weights.write(port, str(tmp_path / "port.weights.h5"))
    other, loaded = Adversaries(), keras.Model()
    loaded.model, loaded.d_optimizer, loaded.g_optimizer = (
        other.model, other.d_optimizer, other.g_optimizer)
    loaded.built = True
    for optimizer, model in ((other.d_optimizer, other.discriminator),
                             (other.g_optimizer, other.generator)):
        optimizer.build(model.trainable_variables)
    loaded.load_weights(tmp_path / "port.weights.h5")
    assert [int(other.d_optimizer.iterations), int(other.g_optimizer.iterations)] == [
        expected["iterations/0"], expected["iterations/1"]]
    assert {variable.numpy().flat[0] for variable in other.generator.variables} == {
        expected[name].flat[0] for name in expected if name.startswith("state/generator")}


def test_a_file_without_the_optimiser_leaves_it_as_it_starts_and_says_so(ready, tmp_path):
    bare = network()
    bare.save_weights(tmp_path / "bare.weights.h5")
    port, _ = ready(compiled(), BATCH, ["y"])
    start = held(port)
    filled(port)
    lost = weights.read(port, str(tmp_path / "bare.weights.h5"))
    assert sorted(lost) == sorted(name for name in start if not name.startswith("state/"))
    assert all(held(port)[name].tobytes() == start[name].tobytes() for name in lost)
    assert [held(port)[name].tobytes() for name in start if name not in lost] == [
        variable.numpy().tobytes() for variable in bare.variables]


def test_an_optimiser_that_keras_does_not_reach_is_lost_and_said(ready, tmp_path):
    class Hidden(Adversaries):
        def __init__(self):
            super().__init__()
            optimizer = self.g_optimizer
            self.g_optimizer = None
            self._apply_to = lambda: optimizer

        def _apply(self, tape, loss, optimizer, model):
            super()._apply(tape, loss, optimizer or self._apply_to(), model)
    port, _ = ready(Hidden(), BATCH)
    expected = filled(port)
    lost = weights.write(port, str(tmp_path / "port.weights.h5"))
    assert lost == ["iterations/1"] and lost[0] in expected


def test_what_is_no_file_of_the_port_is_told_in_a_line(ready, tmp_path):
    port, _ = ready(compiled(), BATCH, ["y"])
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5), keras.layers.Dense(2)])
    other.save_weights(tmp_path / "other.weights.h5")
    (tmp_path / "none.weights.h5").write_bytes(b"none")
    for name in ("other.weights.h5", "none.weights.h5"):
        with pytest.raises(weights.Unfit, match="expected a file of this port's weights, rec") as e:
            weights.read(port, str(tmp_path / name))
        assert "\n" not in str(e.value)


def test_an_object_is_not_saved_as_a_model(ready, tmp_path):
    port, _ = ready(Adversaries(), BATCH)
    with pytest.raises(weights.Unfit, match="expected a file .weights.h5, since"):
        weights.write(port, str(tmp_path / "port.keras"))


def test_a_model_that_keras_cannot_save_is_told_in_a_line(ready, tmp_path):
    class Unsaveable(keras.layers.Layer):
        def call(self, x):
            return x

        def get_config(self):
            raise RuntimeError("never")
    inputs = keras.Input((3,), name="x")
    model = keras.Model(inputs, keras.layers.Dense(2)(Unsaveable()(inputs)))
    port, _ = ready((model, keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.1)), BATCH, "y")
    with pytest.raises(weights.Unfit, match="saves as .keras, received .*weights.h5 takes"):
        weights.write(port, str(tmp_path / "port.keras"))
    assert weights.write(port, str(tmp_path / "port.weights.h5")) == []
