"""A frozen graph and a Keras model that is not compiled, from the command line."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity import capture

PORT = '''
import keras

def build(units=4):
    x = keras.Input((6,), name="x")
    hidden = keras.layers.Dense(units, activation="relu", name="hidden")(x)
    return keras.Model(x, keras.layers.Softmax()(keras.layers.Dense(3, name="out")(hidden)))

def wrong():
    model = build()
    return keras.Model(model.inputs, keras.ops.sigmoid(model.get_layer("out").output))

def wider():
    return build(5)
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with frozen.pb, captured, port.py, batches.npz of three steps, and other.npz."""
    folder, random = tmp_path_factory.mktemp("forward"), np.random.RandomState(0)
    with tf.Graph().as_default(), tf.Session() as session:
        net = tf.placeholder(tf.float32, [None, 6], name="x")
        for name, shape, activation in (("hidden", [6, 4], tf.nn.relu), ("out", [4, 3],
                                                                        tf.nn.softmax)):
            with tf.variable_scope(name):
                kernel, bias = (tf.get_variable(role, initializer=tf.constant(
                    random.standard_normal(size).astype(np.float32)))
                                for role, size in (("kernel", shape), ("bias", shape[1:])))
            net = activation(tf.nn.bias_add(tf.matmul(net, kernel), bias))
        session.run(tf.global_variables_initializer())
        frozen = tf.graph_util.convert_variables_to_constants(
            session, session.graph_def, [net.op.name])
    (folder / "frozen.pb").write_bytes(frozen.SerializeToString())
    (folder / "port.py").write_text(PORT)
    np.savez(folder / "batches.npz", x=random.standard_normal((3, 5, 6)))
    np.savez(folder / "other.npz", pictures=np.zeros((3, 5, 6)))
    subprocess.run([sys.executable, capture.__file__, "--steps=2", "--", "frozen.pb"], cwd=folder,
                   check=True, capture_output=True)
    return folder


def verified(folder, repository, port, legacy="captured", **flags):
    """(exit status, standard output, error output, findings) of `parity.verify`."""
    asked = [f"--legacy={legacy}", f"--modern=port.py:{port}", "--json=report.json", "--steps=3"]
    ended = subprocess.run(
        [sys.executable, "-m", "parity.verify"] + asked
        + [f"--{flag}={value}" for flag, value in flags.items()], cwd=folder,
        env=dict(os.environ, PYTHONPATH=repository), capture_output=True, text=True)
    if not (folder / "report.json").exists():
        return ended.returncode, ended.stdout, ended.stderr, []
    case, = json.loads((folder / "report.json").read_text())["cases"]
    os.remove(folder / "report.json")
    return ended.returncode, ended.stdout, ended.stderr, case["findings"]


def test_a_right_port_is_the_same_model_and_nothing_of_training_was_compared(folder, repository):
    status, said, error, found = verified(folder, repository, "build", "frozen.pb",
                                          batches="batches.npz")
    assert status == 0, said + error
    compared = {(finding["rung"], finding["step"]) for finding in found
                if finding["verdict"] in ("identical", "rounding")}
    assert compared == {(0, 0), (1, 0), (3, 0), (3, 1), (3, 2), (9, 0)}
    assert "  0 replay " in said and said.rstrip().endswith(
        "  training: nothing of it was compared: the reference only runs forward")


def test_a_port_that_gives_something_else_is_different(folder, repository):
    status, said, error, found = verified(folder, repository, "wrong")
    assert status == 1, said + error
    assert {(finding["rung"], finding["tensor"]) for finding in found
            if finding["verdict"] == "different"} >= {(3, "Softmax:0")}


def test_other_shapes_are_another_structure(folder, repository):
    assert verified(folder, repository, "wider")[0] == 2


@pytest.mark.parametrize("legacy,words", [
    ("frozen.pb", "pictures: expected an input of the graph such as x, received no such name"),
    ("captured", "--batches=other.npz: expected inputs such as x, received pictures")])
def test_batches_that_do_not_fit_end_in_one_line(folder, repository, legacy, words):
    status, said, error, _ = verified(folder, repository, "build", legacy, batches="other.npz")
    assert (status, said) == (64, "")
    assert error.splitlines()[-1].endswith(words) and "Traceback" not in error


def test_a_golden_file_is_as_good_as_the_capture(folder, repository):
    def against(port):
        return subprocess.run(
            [sys.executable, "-m", "parity.verify", "--golden=golden.npz",
             f"--modern=port.py:{port}"], cwd=folder, env=dict(os.environ, PYTHONPATH=repository),
            capture_output=True, text=True)
    status, said, error, _ = verified(folder, repository, "build", golden="golden.npz")
    assert status == 0, said + error
    assert " s] golden.npz is written: " in error.splitlines()[-1]
    right, wrong, wider = map(against, ("build", "wrong", "wider"))
    assert right.returncode == 0, right.stdout + right.stderr
    assert "  3 forward          rounding" in right.stdout or (
        "  3 forward          identical" in right.stdout)
    assert wrong.returncode == 1 and "rung 3 (forward), Softmax:0" in wrong.stdout
    assert wider.returncode == 2
