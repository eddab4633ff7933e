"""One observed step of a port that a test builds."""

import gc
from typing import Any, Dict, NamedTuple

import keras
import numpy as np
import pytest

from parity.common import arrays
from parity.port import draws
from parity.port import feeding
from parity.port import loading
from parity.port import port as ports
from parity.port import stepping


class Taken(NamedTuple):
    """A step that was taken: what was written, by "<kind>/<name>", and what was noted."""
    arrays: Dict[str, np.ndarray]
    port: Any
    observation: Any
    draws: Dict[str, Any]
    started: Dict[str, np.ndarray]

    def kind(self, kind):
        """`{name: array}` of one kind."""
        return {name[len(kind) + 1:]: array for name, array in self.arrays.items()
                if name.startswith(kind + "/")}


@pytest.fixture(autouse=True, scope="module")
def collected():
    """What tests of other files left is collected once, not with each session that Keras clears."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def seeded():
    """The same initial weights in every run."""
    keras.utils.set_random_seed(0)


@pytest.fixture
def floatx():
    """Function that sets `keras.config.floatx` as `loading.build` does, undone afterwards."""
    def set_floatx(dtype):
        keras.utils.clear_session()  # a session keeps the dtype policy of its first layer
        keras.config.set_floatx(dtype)
    yield set_floatx
    set_floatx("float32")


@pytest.fixture
def ready(floatx):
    """Function (what a port's function returns, inputs, labels) that returns (`Port`, batch)."""
    def made(returned, inputs, labels=()):
        batch = feeding.Batch.of(inputs, labels, keras.config.floatx())
        return ports.Port(loading.recognised(returned, "test"), batch), batch
    return made


@pytest.fixture
def take(ready, tmp_path):
    """Function that takes a step of a port and returns it as `Taken`.

    It takes what `ready` takes, the arrays of a job at step 0 and the reference's draws as
    [(kind, numbers)].
    """
    def taken(returned, inputs, labels=(), given=None, drawn=()):
        port, batch = ready(returned, inputs, labels)
        np.savez(tmp_path / "given.npz", **(given or {}))
        port.load(arrays.Given([tmp_path / "given.npz"]), 0)
        started = port.state()
        answers = draws.Draws([numbers for _, numbers in drawn], [kind for kind, _ in drawn])
        found = {}

        def write(kind, name, array):
            assert f"{kind}/{name}" not in found
            found[f"{kind}/{name}"] = np.array(array)

        observation, _ = stepping.observe(port, batch, answers, write, True)
        return Taken(found, port, observation, answers.notes(), started)
    return taken
