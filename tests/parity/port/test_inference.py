"""Ports that only run forward: forms, and what is kept of a pass."""

import textwrap

import keras
import numpy as np
import pytest

from parity.port import feeding
from parity.port import inference
from parity.port import loading
from parity.port import step_jobs

pytestmark = pytest.mark.usefixtures("graph_optimizer_off", "floatx")

PORTS = '''
import keras

def build():
    inputs = keras.Input((3,), name="x")
    hidden = keras.layers.Dense(2, name="hidden")(keras.layers.Dropout(0.5, name="drop")(inputs))
    return keras.Model(inputs, [hidden, keras.layers.Softmax(name="p")(hidden)])

class Unbuilt(keras.Model):
    """A model that is made while it is called, and declares no inputs."""
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(2, name="hidden")
    def call(self, x):
        return self.hidden(x)

class Called:
    """An object that is called with a batch."""
    def __init__(self):
        self.model = {"first": build()}
    def __call__(self, batch):
        return {"p": self.model["first"](batch["x"], training=False)[1], "twice": batch["y"] * 2}
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the ports and the arrays of a job: two batches, two states."""
    folder = tmp_path_factory.mktemp("forward")
    (folder / "forward_ports.py").write_text(textwrap.dedent(PORTS))
    rng = np.random.default_rng(0)
    given = {f"state/{k}/hidden/kernel": rng.normal(size=(3, 2)) for k in (0, 2)}
    given.update({f"input/{k}/0/x": rng.normal(size=(4, 3)) for k in (0, 2)})
    np.savez(folder / "given.npz", **given)
    np.savez(folder / "labelled.npz", **given, **{f"input/{k}/0/y": np.ones(2) for k in (0, 2)})
    return folder


def forward(folder, function, given="given.npz", prefix="", **fields):
    """(answer, what was given, what was written) of the job "forward"."""
    arrays = dict(np.load(folder / given))
    if prefix:
        arrays = {name.replace("/hidden/", f"/{prefix}/hidden/"): value
                  for name, value in arrays.items()}
        given = "prefixed.npz"
        np.savez(folder / given, **arrays)
    answer = step_jobs.forward({
        "program": f"{folder / 'forward_ports.py'}:{function}", "dtype": "float64",
        "forward": True, "steps": [0, 2], "states": str(folder / given),
        "inputs": str(folder / given), "out": str(folder / "out.npz"), **fields})
    return answer, arrays, dict(np.load(folder / "out.npz"))


def softmax(values):
    exponentials = np.exp(values)
    return exponentials / exponentials.sum(-1, keepdims=True)


def test_layers_and_what_the_model_gives_are_kept_without_dropout(folder):
    answer, given, found = forward(folder, "build")
    for k in (0, 2):
        hidden = given[f"input/{k}/0/x"] @ given[f"state/{k}/hidden/kernel"]
        np.testing.assert_allclose(found[f"output/{k}/hidden"], hidden, rtol=1e-12)
        np.testing.assert_array_equal(found[f"output/{k}/returned/0"],
                                      found[f"output/{k}/hidden"])
        np.testing.assert_allclose(found[f"output/{k}/returned/1"], softmax(hidden), rtol=1e-12)
    assert answer["steps"]["0"]["draws"]["unanswered"] == [] and answer["traced"] is None


def test_a_model_that_declares_no_inputs_is_called_with_its_only_one(folder):
    _, given, found = forward(folder, "Unbuilt", prefix="unbuilt")
    np.testing.assert_allclose(
        found["output/2/returned/0"],
        given["input/2/0/x"] @ given["state/2/unbuilt/hidden/kernel"], rtol=1e-12)


def test_an_object_is_called_with_the_whole_batch(folder):
    _, given, found = forward(folder, "Called", given="labelled.npz")
    hidden = given["input/0/0/x"] @ given["state/0/hidden/kernel"]
    np.testing.assert_allclose(found["output/0/returned/0"], softmax(hidden), rtol=1e-12)
    np.testing.assert_array_equal(found["output/0/returned/1"], [2, 2])


def test_a_port_to_be_trained_can_be_run_forward():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    triple = (model, keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.1))
    assert loading.recognised_forward(triple, "port").models == [model]


@pytest.mark.parametrize("returned,said", [
    (None, "port returned None; expected a keras.Model, or an object with `model`"),
    (lambda batch: batch, "port returned a function; expected a keras.Model, or an object")])
def test_what_cannot_be_called_is_said(returned, said):
    with pytest.raises(loading.Unusable, match=said):
        loading.recognised_forward(returned, "port")


def test_a_form_that_only_runs_forward_has_no_losses():
    form = inference.Forward([keras.Sequential([keras.Input((2,), name="x"),
                                                keras.layers.Dense(1)])])
    batch = feeding.Batch.of({"x": np.ones((3, 2))}, (), "float32")
    assert form.step(batch) == {}
    assert inference.outputs(form, batch)[0].shape == (3, 1)
