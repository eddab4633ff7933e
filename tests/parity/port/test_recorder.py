"""The jobs of the recorder, by their files; the traced step; lines of errors."""

import textwrap

import keras
import numpy as np
import pytest

from parity import workers
from parity.common import arrays
from parity.port import job_inputs
from parity.port import state_jobs
from parity.port import step_jobs

pytestmark = pytest.mark.usefixtures("graph_optimizer_off", "floatx")

PORTS = '''
import keras
import numpy as np
import tensorflow as tf

def build():
    inputs = keras.Input((3,), name="x")
    outputs = keras.layers.Dense(2, name="out")(keras.layers.Dropout(0.5, name="drop")(inputs))
    optimizer = keras.optimizers.SGD(0.1, momentum=0.5)
    return keras.Model(inputs, outputs), keras.losses.MeanSquaredError(), optimizer

class Trained(keras.Model):
    """A model that is made while it steps, with an optimiser that it builds itself."""
    def __init__(self):
        super().__init__()
        self.out = keras.layers.Dense(2, bias_initializer="ones", name="out")
        self.calls = 0
    def train_step(self, data):
        self.calls += 1
        x, y = data
        scale = self.calls if FROZEN else 1
        with tf.GradientTape() as tape:
            loss = scale * tf.reduce_mean((self.out(x) - y) ** 2)
        self.optimizer.apply(tape.gradient(loss, self.out.trainable_variables),
                             self.out.trainable_variables)
        return {"loss": loss}

FROZEN = False

def trained():
    model = Trained()
    model.compile(keras.optimizers.Adam(0.1))
    return model

def frozen():
    global FROZEN
    FROZEN = True
    return trained()

def nothing():
    pass

def raises():
    raise KeyError("no such table")
'''


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Function (name) of a path in a folder with a port file and the arrays of a job."""
    folder = tmp_path_factory.mktemp("port")
    (folder / "ports.py").write_text(textwrap.dedent(PORTS))
    rng = np.random.default_rng(0)
    states = {f"state/{k}/out/kernel": rng.normal(size=(3, 2)) for k in (0, 5)}
    states["slot/5/0/out/kernel/momentum"] = rng.normal(size=(3, 2))
    inputs = {f"input/{k}//{name}": rng.normal(size=(4, size))
              for k in (0, 5) for name, size in (("x", 3), ("y", 2))}
    inputs["draw/5/0"] = rng.random((4, 3)).astype(np.float32)
    np.savez(folder / "states.npz", **states)
    np.savez(folder / "inputs.npz", **inputs)
    return lambda name: str(folder / name)


@pytest.fixture
def job(files):
    """Function (port's function, dtype, fields) of a job on the files."""
    def made(function, dtype="float64", **fields):
        return {"program": files("ports.py") + ":" + function, "dtype": dtype, "labels": ["y"],
                "states": files("states.npz"), "inputs": files("inputs.npz"),
                "out": files("out.npz"), **fields}
    return made


def test_steps_start_from_the_given_states(job, files):
    answer = step_jobs.steps(job("build", steps=[0, 5], draws={"5": ["uniform"]}, outputs=[5]))
    given = {**np.load(files("states.npz")), **np.load(files("inputs.npz"))}
    found = np.load(files("out.npz"))
    kept = given["draw/5/0"].astype(np.float64) >= 0.5
    dropped = np.where(kept, 2 * given["input/5//x"], 0)
    error = dropped @ given["state/5/out/kernel"] - given["input/5//y"]
    gradient = 2 * dropped.T @ error / error.size
    np.testing.assert_allclose(found["clipped/5/0/out/kernel"], gradient, rtol=1e-12)
    slot = 0.5 * given["slot/5/0/out/kernel/momentum"] - 0.1 * gradient
    np.testing.assert_allclose(found["slot_after/5/0/out/kernel/momentum"], slot, rtol=1e-7)
    np.testing.assert_allclose(found["after/5/out/kernel"], given["state/5/out/kernel"] + slot,
                               rtol=1e-7)
    assert [name for name in found.files if name.startswith("output/")] == [
        "output/5/drop", "output/5/out", "output/5/functional"]
    assert answer["steps"]["5"]["draws"]["used"] == [0]
    assert answer["steps"]["0"]["draws"]["unanswered"] == [
        {"function": "keras.random.dropout", "shape": [4, 3]}]
    assert answer["traced"] is None


def test_description_without_a_batch_does_not_spoil_later_steps(job, files):
    assert state_jobs.describe(job("trained"))["variables"] == []
    step_jobs.steps(job("trained", steps=[0]))
    found = np.load(files("out.npz"))
    assert found["slot_after/0/0/out/kernel/m"].shape == (3, 2)
    np.testing.assert_allclose(np.abs(found["after/0/out/bias"] - 1), 0.1, rtol=1e-4)


def test_start_is_what_the_port_initialises(job, files):
    np.savez(files("example.npz"), x=np.ones((4, 3)), y=np.ones((4, 2)))
    state_jobs.start(job("trained", example=files("example.npz")))
    found = np.load(files("out.npz"))
    np.testing.assert_array_equal(found["state/out/bias"], 1)
    np.testing.assert_array_equal(found["slot/0/out/kernel/v"], 0)
    assert found["state/out/kernel"].std() > 0.01


def test_a_port_tells_what_it_holds_of_a_state(job, files):
    step_jobs.hold(job("build", dtype="float32", steps=[5]))
    given, found = np.load(files("states.npz")), np.load(files("out.npz"))
    for name in ("state/5/out/kernel", "slot/5/0/out/kernel/momentum"):
        assert found[name].tobytes() == given[name].astype(np.float32).tobytes()
    assert found["iterations/5/0"] == 0 and found["state/5/out/bias"].tolist() == [0, 0]


def test_python_that_a_trace_freezes_is_a_finding(job):
    assert step_jobs.steps(job("trained", steps=[0]))["traced"] is None
    # called once before, once eagerly, once traced: other scales of the loss
    said = step_jobs.steps(job("frozen", steps=[0]))["traced"]
    assert said.startswith("eager and traced steps differ: ")


def test_a_phase_that_is_fed_another_value_has_its_name_in_front(job, files):
    same, other = np.ones((2, 3)), np.zeros((2, 3))
    np.savez(files("phases.npz"), **{"input/1/d/x": same, "input/1/d/z": same,
                                     "input/1/g/x": same, "input/1/g/z": other})
    given = arrays.Given([files("phases.npz")])
    batch = job_inputs.batch_of(job("build"), given, 1)
    assert list(batch.tensors) == ["x", "z", "g/z"]
    np.testing.assert_array_equal(batch.tensors["g/z"], other)


def test_what_the_port_has_not_is_said(job, files):
    np.savez(files("more.npz"), **{"state/0/in/kernel": np.ones(2)})
    with pytest.raises(ValueError, match="the port has no variable in/kernel"):
        step_jobs.steps(job("build", steps=[0], states=files("more.npz")))
    np.savez(files("more.npz"), **{"state/0/out/kernel": np.ones((2, 3))})
    with pytest.raises(ValueError, match=r"out/kernel has shape \(3, 2\), the job gives \(2, 3\)"):
        step_jobs.steps(job("build", steps=[0], states=files("more.npz")))


def test_a_process_answers_errors_with_the_authors_line(job):
    with workers.Recorder("parity.port.recorder") as ask:
        with pytest.raises(workers.RecorderError, match=r"nothing returned None; expected a comp"):
            ask("describe", **job("nothing"))
        line = 1 + PORTS[:PORTS.index('raise KeyError')].count("\n")
        with pytest.raises(workers.RecorderError, match=rf"no such table.*ports\.py:{line}\)"):
            ask("describe", **job("raises"))
        found = ask("describe", **job("build"))
        line = 1 + PORTS[:PORTS.index("layers.Dense(2")].count("\n")
        assert found["variables"][0]["line"].endswith(f"ports.py:{line}")
        assert found["keras"] == keras.__version__ and found["form"] == "triple"
