"""Variables are described in the order in which their layers are called."""

import keras
import pytest

from parity.port import hooks
from parity.port import naming
from parity.port import order


@pytest.fixture(autouse=True)
def calls_noted():
    with hooks.replaced([(keras.layers.Layer, "__call__", keras.layers.Layer.__call__)]):
        order.note_calls(keras.layers.Layer)
        yield


def paths(model):
    return [entry.layer.name for entry in order.by_use([model], naming.owned_variables([model]))
            if entry.variable.name == "kernel"]


def test_towers_of_a_functional_model_come_one_after_the_other():
    def tower(name):
        inputs = x = keras.Input((3,))
        for number in range(3):
            x = keras.layers.Dense(3, name=f"{name}{number}")(x)
        return inputs, x
    (one, left), (other, right) = tower("a"), tower("b")
    model = keras.Model([one, other], keras.layers.Add()([left, right]))
    assert [layer.name for layer in model.layers if layer.weights][:2] == ["a0", "b0"]
    assert paths(model) == ["a0", "a1", "a2", "b0", "b1", "b2"]


def test_layers_that_were_not_called_are_where_the_layer_around_them_is():
    inputs = keras.Input((4, 3))
    x = keras.layers.LSTM(2, name="lstm")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, name="last")(x))
    leaves = [entry.variable.path for entry in order.by_use(
        [model], naming.owned_variables([model]))]
    assert leaves == ["lstm/lstm_cell/kernel", "lstm/lstm_cell/recurrent_kernel",
                      "lstm/lstm_cell/bias", "last/kernel", "last/bias"]


def test_a_model_that_is_never_called_keeps_its_order():
    class Held(keras.Model):
        def __init__(self):
            super().__init__()
            self.second = keras.layers.Dense(2, name="second")
            self.first = keras.layers.Dense(2, name="first")
            self.second.build((None, 2))
            self.first.build((None, 2))
    assert paths(Held()) == ["second", "first"]
