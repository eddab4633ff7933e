"""What a model is called with, of the inputs of a batch."""

import keras
import numpy as np

from parity.port import feeding


def test_texts_are_no_input_of_a_model_that_does_not_declare_them():
    given = {"x": np.ones((2, 3), np.float32), "names": np.array([b"a", b"bc"], object)}
    batch = feeding.Batch.of(given, [], "float32")
    model = keras.Sequential([keras.layers.Dense(2)])
    assert feeding.model_input(model, batch).shape == (2, 3)
    text = keras.Input((), dtype="string", name="names")
    x = keras.Input((3,), name="x")
    both = keras.Model([x, text], keras.layers.Dense(2)(x))
    assert [tensor.dtype.name for tensor in feeding.model_input(both, batch)] == [
        "float32", "string"]
