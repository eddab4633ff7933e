"""Which form a port is, what is said of anything else, and what a port is described as."""

import keras
import numpy as np
import pytest

from parity.port import description
from parity.port import loading
from parity.port import port as ports


def network(name="network"):
    inputs = keras.Input((3,), name="x")
    return keras.Model(inputs, keras.layers.Dense(2, name="out")(inputs), name=name)


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
        ports.Port(form).reset()


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
