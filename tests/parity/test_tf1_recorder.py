"""The TensorFlow 1 recorder on a program of a few lines, with training code of its own."""

import math

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity.common import trace
from parity.common import worker
from parity.tf1 import recorder
from parity.tf1.recording import Recording

_PROGRAM = '''
import collections

import tensorflow.compat.v1 as tf

tf.enable_resource_variables()

Program = collections.namedtuple("Program", "inputs outputs losses phases")
Phase = collections.namedtuple("Phase", "name updates after")
Update = collections.namedtuple("Update", "loss variables optimizer")
Ops = collections.namedtuple("Ops", "name feeds losses gradients train_op")


def hparams(model, values):
    return dict({"rate": 0.5}, **values)


def program(hparams, dtype):
    """Logistic regression of a class by one layer, by momentum; its bias is clipped after."""
    images = tf.placeholder(dtype, [None, 3], name="images")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    with tf.variable_scope("classifier"):
        logits = tf.layers.dense(images, 2, name="logits")
    chosen = tf.one_hot(labels % 2, 2, dtype=dtype)
    loss = -tf.reduce_mean(tf.reduce_sum(chosen * tf.nn.log_softmax(logits), axis=1))
    variables = tf.trainable_variables()
    optimizer = tf.train.MomentumOptimizer(hparams["rate"], 0.9)

    def after():
        return [tf.assign(variables[1], tf.clip_by_value(variables[1], -0.01, 0.01))]

    return Program(
        inputs={"main/images": images, "main/labels": labels, "sample/images": images},
        outputs={"logits": logits}, losses={"cross_entropy": loss},
        phases=[Phase("main", [Update("cross_entropy", variables, optimizer)], after)])


def ordered(phase, train):
    with tf.control_dependencies([train]):
        return tf.group(*phase.after())


def racing(phase, train):
    return tf.group(train, *phase.after())


class Training:
    """Training code, as the recorder calls it."""

    def __init__(self, join):
        self._join = join

    def make_phases(self, program):
        tf.train.get_or_create_global_step()
        (phase,) = program.phases
        (update,) = phase.updates
        loss = program.losses[update.loss]
        with tf.name_scope("train"):
            pairs = update.optimizer.compute_gradients(loss, update.variables)
            train_op = self._join(phase, update.optimizer.apply_gradients(pairs))
        feeds = {key: value for key, value in program.inputs.items() if key.startswith("main/")}
        return [Ops("main", feeds, {"cross_entropy": loss},
                    {variable.op.name: gradient for gradient, variable in pairs}, train_op)]

    def initialize(self, session, seed):
        session.run(tf.global_variables_initializer())
        for variable in tf.trainable_variables():
            variable.load([[0.1 * seed] * 2] * 3 if "kernel" in variable.op.name else [0.0] * 2,
                          session)

    def run_step(self, session, phases, batch):
        feed = {tensor: batch[key] for key, tensor in phases[0].feeds.items()}
        losses, _ = session.run([phases[0].losses, phases[0].train_op], feed)
        return {"main": losses}


training = Training(ordered)
racy = Training(racing)
'''

STEPS = 3
SEED = 2
KERNEL, BIAS = "classifier/logits/kernel", "classifier/logits/bias"


@pytest.fixture(scope="module", params=["float32", "float64"])
def job(request, tmp_path_factory):
    """A job of the recorder, whose trace is already written."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "tiny.py").write_text(_PROGRAM)
    random = np.random.RandomState(1)
    np.savez(str(folder / "batches.npz"), **{
        "main/images": random.normal(size=(STEPS, 8, 3)),
        # Too large for a float to hold: a label must not be touched by what scales the inputs.
        "main/labels": 2 ** 60 + random.randint(0, 2, (STEPS, 8)),
        "sample/images": random.normal(size=(2, 3))})
    file = str(folder / "tiny.py")
    job = {"model": "tiny", "values": {"rate": 0.25}, "hparams_from": file + ":hparams",
           "program": file + ":program", "training": file + ":training", "dtype": request.param,
           "steps": STEPS, "resync": [0, 2], "seed": SEED, "threads": 1,
           "batches": str(folder / "batches.npz"), "out": str(folder / "trace.npz"),
           "reference": str(folder / "trace.npz"), "folder": str(folder)}
    assert recorder.record(job) == {}
    return job


def expected_run(job):
    """The same three steps in NumPy: [(loss, logits, gradients, weights after, slots after)]."""
    batches = worker.Batches(job["batches"], "float64")
    weights = {KERNEL: np.full((3, 2), 0.1 * SEED), BIAS: np.zeros(2)}
    slots = {name: np.zeros_like(value) for name, value in weights.items()}
    rows = []
    for step in range(1, STEPS + 1):
        batch = batches(step)
        images, labels = batch["main/images"], batch["main/labels"] % 2
        logits = images.dot(weights[KERNEL]) + weights[BIAS]
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(8), labels]))
        error = (p - np.eye(2)[labels]) / 8
        gradients = {KERNEL: images.T.dot(error), BIAS: error.sum(axis=0)}
        slots = {name: 0.9 * slots[name] + gradients[name] for name in slots}
        weights = {name: weights[name] - 0.25 * slots[name] for name in weights}
        weights[BIAS] = np.clip(weights[BIAS], -0.01, 0.01)
        rows.append((loss, logits, gradients, weights, slots))
    return rows


def assert_close(job, found, expected):
    np.testing.assert_allclose(found, expected,
                               rtol=2e-5 if job["dtype"] == "float32" else 1e-12, atol=1e-7)
    assert found.dtype == job["dtype"]


def test_run_is_recorded(job):
    _, arrays = trace.read(job["out"])
    rows = expected_run(job)
    assert arrays["losses/main/cross_entropy"].shape == (STEPS,)
    assert_close(job, arrays["losses/main/cross_entropy"], [row[0] for row in rows])
    for name in (KERNEL, BIAS):
        for step in (1, 2, 3):
            weights, slots = rows[step - 1][3:]
            assert_close(job, arrays["state/{}/{}".format(step, name)], weights[name])
            assert_close(job, arrays["state/{}/{}@momentum".format(step, name)], slots[name])
        norms = [np.linalg.norm(arrays["state/{}/{}".format(step, name)]) for step in range(4)]
        np.testing.assert_allclose(arrays["norms/" + name], norms, rtol=1e-6)
        assert arrays["entries/" + name].shape == (STEPS + 1, 6 if name == KERNEL else 2)
    assert max(abs(row[3][BIAS]).max() for row in rows) == 0.01  # the clipping was at work


def test_first_pass_is_recorded(job):
    _, arrays = trace.read(job["out"])
    loss, logits, gradients = expected_run(job)[0][:3]
    assert_close(job, arrays["loss/main/cross_entropy"], loss)
    assert_close(job, arrays["taps/training/main:classifier/logits"], logits)
    for name, gradient in gradients.items():
        assert_close(job, arrays["gradients/main/" + name], gradient)


def test_outputs_before_and_after_training_are_recorded(job):
    _, arrays = trace.read(job["out"])
    images = worker.Batches(job["batches"], job["dtype"]).samples()["sample/images"]
    for key, step in (("taps/inference/logits", 0), ("samples/taps/inference/logits", STEPS)):
        weights = {name: arrays["state/{}/{}".format(step, name)] for name in (KERNEL, BIAS)}
        assert_close(job, arrays[key], images.dot(weights[KERNEL]) + weights[BIAS])


def test_header_describes_program_and_state(job):
    header, _ = trace.read(job["out"])
    assert header["side"] == "tensorflow 1"
    assert (header["dtype"], header["steps"], header["resync"]) == (job["dtype"], STEPS, [0, 2])
    assert header["hparams"] == {"model": "tiny", "rate": 0.25}
    assert header["versions"]["tensorflow"] == tf.__version__
    assert header["phases"] == ["main"]
    assert header["races"] == {"main": []}
    described = {"dtype": job["dtype"], "trainable": True}
    variables = header["variables"]
    assert set(variables) == {KERNEL, BIAS, KERNEL + "@momentum", BIAS + "@momentum", "global_step"}
    assert variables[KERNEL] == dict(described, shape=[3, 2])
    assert variables[BIAS + "@momentum"] == dict(described, shape=[2], trainable=False)
    assert variables["global_step"]["dtype"] == "int64"
    assert header["checkpoint_names"][KERNEL + "@momentum"].endswith(KERNEL + "/Momentum")
    limit = math.sqrt(6.0 / 5)
    assert header["initializers"][KERNEL] == {
        "kind": "uniform", "low": pytest.approx(-limit), "high": pytest.approx(limit)}
    assert header["initializers"][BIAS] == {"kind": "constant"}


def test_header_names_the_programs_lines(job):
    lines = _PROGRAM.splitlines()
    sources = trace.read(job["out"])[0]["sources"]
    for key, words in (("classifier/logits", "tf.layers.dense"), ("loss cross_entropy", "loss = "),
                       ("optimizer cross_entropy", "MomentumOptimizer")):
        path, _, line = sources[key].rpartition(":")
        assert path.endswith("tiny.py")
        assert words in lines[int(line) - 1]


def test_reference_repeats_itself(job):
    assert recorder.repeat(job) == []


def test_reference_that_does_not_repeat_is_named(job, tmp_path):
    header, arrays = trace.read(job["out"])
    arrays = {name: arrays[name] for name in arrays if name != "header"}
    arrays["state/3/" + KERNEL] = np.nextafter(arrays["state/3/" + KERNEL], 1)
    other = str(tmp_path / "other.npz")
    trace.write(other, header, arrays)
    assert recorder.repeat(dict(job, reference=other)) == [[2, KERNEL]]


def test_race_of_a_program_is_named(job):
    recording = Recording(dict(job, training=job["folder"] + "/tiny.py:racy"))
    assert recording.races() == {"main": [BIAS]}


def changes(job, **change):
    return {(name, k): size for k, name, size in recorder.perturb(dict(job, **change))}


def test_change_of_a_number_is_measured_on_every_step(job):
    found = changes(job, values={"rate": 0.25 * 1.5})
    assert found[KERNEL, 0] == pytest.approx(0.5, rel=1e-4)
    assert found[KERNEL, 2] == pytest.approx(0.5, rel=1e-4)
    assert found[KERNEL + "@momentum", 0] == 0.0  # holds the gradient alone
    assert ("global_step", 0) not in found  # it did not move


def test_change_of_the_inputs_leaves_labels_alone(job):
    assert set(changes(job, scale_inputs=1.0).values()) == {0.0}
    found = changes(job, scale_inputs=1.0 + 1e-3)
    assert all(1e-5 < found[name, k] < 1e-2 for name in (KERNEL, KERNEL + "@momentum")
               for k in (0, 2))


def test_change_of_state_by_its_ending(job):
    found = changes(job, scale={"@momentum": {"0": 2.0, "2": 2.0}})
    _, arrays = trace.read(job["out"])
    assert found[KERNEL, 0] == 0.0  # it starts at zero
    moved = arrays["state/3/" + KERNEL] - arrays["state/2/" + KERNEL]
    expected = np.linalg.norm(0.25 * 0.9 * arrays["state/2/{}@momentum".format(KERNEL)])
    assert found[KERNEL, 2] == pytest.approx(expected / np.linalg.norm(moved), rel=1e-4)


def test_perturbed_run_starts_where_the_reference_does(job, tmp_path):
    out = str(tmp_path / "perturbed.npz")
    recorder.perturbed_run(dict(job, out=out, scale_inputs=1.0))
    _, arrays = trace.read(job["out"])
    with np.load(out) as found:
        assert set(found.files) == {name for name in arrays if name.startswith(
            ("entries/", "norms/", "losses/"))}
        for name in found.files:
            assert found[name].tobytes() == arrays[name].tobytes()
    recorder.perturbed_run(dict(job, out=out, scale_inputs=1.01))
    with np.load(out) as found:
        entries, reference = found["entries/" + KERNEL], arrays["entries/" + KERNEL]
        assert np.array_equal(entries[0], reference[0])
        assert 1e-4 < np.linalg.norm(entries[3] - reference[3]) < 1e-1


def test_checkpoint_is_written_and_read_back(job, tmp_path):
    checkpoint = str(tmp_path / "tf1.ckpt")
    header, arrays = trace.read(job["out"])
    recorder.save(dict(job, checkpoint=checkpoint, step=2))
    reader = tf.train.NewCheckpointReader(checkpoint)
    for name, stored in header["checkpoint_names"].items():
        assert reader.get_tensor(stored).tobytes() == arrays["state/2/" + name].tobytes()
    asked = dict(job, checkpoint=checkpoint, names={KERNEL: "k", KERNEL + "@momentum": "k@m"})
    assert recorder.restore(dict(asked, step=2)) == []
    assert recorder.restore(dict(asked, step=3)) == [KERNEL, KERNEL + "@momentum"]
