"""A port that takes one step after the other, its draws answered."""

import keras
import numpy as np
import tensorflow as tf

from parity.port import draws
from parity.port import free_run


class Walk:
    """A weight that moves by what is drawn plus what is fed."""

    def __init__(self):
        self.model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])

    def step(self, batch):
        drawn = keras.random.uniform((1, 1))
        self.model.layers[0].kernel.assign_add(drawn + batch["x"])
        return {"loss": tf.reduce_sum(drawn)}


def test_entries_are_those_after_each_step(ready):
    one = np.ones((1, 1), np.float32)
    port, batch = ready(Walk(), {"x": one})
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    found = free_run.entries(port, [(batch, draws.Draws([number * one], ["uniform"]))
                                    for number in (0.25, 0.5, 0.75)])
    kernel, = (values for name, values in found.items() if name.endswith("kernel"))
    assert kernel.ravel().tolist() == [0.0, 1.25, 2.75, 4.5]
