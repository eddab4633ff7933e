"""Graphs without updates: their outputs are captured and replayed."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity import capture as capturing
from parity.reference import replay_error
from parity.reference import steps
from parity.reference.captured import Captured
from parity.reference.replay import Replay
from parity.reference.showing import show

W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], np.float32)


BUILDER = '''
import tensorflow.compat.v1 as tf

def build():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.get_variable("w", initializer=tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    return {"outputs": {"y": tf.tanh(tf.matmul(x, w), name="y")}}

def counting():
    """Gives how often it was run times its input."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    count = tf.Variable(0.0, trainable=False, use_resource=False, name="count")
    return {"outputs": [tf.multiply(x, tf.assign_add(count, 1.0), name="y")]}
'''


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with a graph as a SavedModel, a .meta with a checkpoint, frozen, and a function."""
    folder = tmp_path_factory.mktemp("saved")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.tanh(tf.matmul(x, tf.get_variable("w", initializer=tf.constant(W))), name="y")
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, str(folder / "model"), {"x": x}, {"y": y})
        tf.train.Saver().save(session, str(folder / "model.ckpt"))
        (folder / "frozen.pb").write_bytes(tf.graph_util.convert_variables_to_constants(
            session, session.graph_def, ["y"]).SerializeToString())
    (folder / "forward.py").write_text(BUILDER)
    return folder


@pytest.mark.parametrize("program", ["model", "model.ckpt.meta", "frozen.pb", "forward.py:build"])
def test_outputs_are_captured_and_replayed(capture, saved, tmp_path, program):
    ended = capture("--steps=3", "--", str(saved / program), cwd=tmp_path)
    assert ended.status == 0, ended.err
    found = Captured(str(tmp_path / "captured"))
    assert [call.role for call in found.calls] == ["forward"] * 3
    for call in found.calls:
        x = call.fed()["x:0"]
        assert x.shape == (8, 3)
        np.testing.assert_allclose(call.fetched()["y:0"], np.tanh(x @ W), rtol=1e-6, atol=1e-6)
        assert (call.before()["w"] == W).all() and call.writes == []
    narrow, wide = replay_error.measure(found)
    assert [row.variable for row in narrow.rows] == ["y:0"] * 3
    assert narrow.verdict() in (replay_error.IDENTICAL, replay_error.ROUNDING)
    assert wide.verdict() == replay_error.ROUNDING and wide.median() < 1e-6
    assert "3 calls: runs forward" in show.text(found)


def test_what_a_graph_that_writes_gives_is_run_step_by_step(capture, saved, tmp_path):
    ended = capture("--steps=3", "--", str(saved / "forward.py") + ":counting", cwd=tmp_path)
    assert ended.status == 0, ended.err
    found = Captured(str(tmp_path / "captured"))
    assert [call.role for call in found.calls] == ["write"] * 3
    replay = Replay(found)
    replay.load(steps.first_state(found, lambda value: value))
    runner = steps.Runner(replay)
    for number, calls in enumerate(steps.grouped(found)):
        phase, = runner.run(number, calls).phases
        np.testing.assert_allclose(phase.fetched["y:0"],
                                   (number + 1) * calls[0].fed()["x:0"], rtol=1e-6)


def node(op, name, *inputs):
    return tf.NodeDef(op=op, name=name, input=inputs)


@pytest.mark.parametrize("use,is_weight", [
    (node("Identity", "w/read", "w"), True), (node("Identity", "ReadVariableOp_1", "w"), True),
    (node("Identity", "dense/MatMul/ReadVariableOp", "w"), True),
    (node("MatMul", "MatMul", "x", "w"), True), (node("MatMul", "MatMul", "w", "x"), False),
    (node("Identity", "copy", "w"), False), (node("Sub", "minus_mean", "x", "w"), False)])
def test_constants_that_were_variables_are_told_by_their_uses(use, is_weight):
    frozen = tf.GraphDef(node=[node("Const", "w"), use])
    frozen.node[0].attr["value"].tensor.CopyFrom(tf.make_tensor_proto(W))
    frozen.node[0].attr["dtype"].type = tf.float32.as_datatype_enum
    thawed, weights = capturing._thawed(tf, frozen)
    assert set(weights) == ({"w"} if is_weight else set())
    assert thawed.node[0].op == ("VariableV2" if is_weight else "Const")


def test_statistics_of_a_batch_norm_are_no_outputs():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2, 4, 4, 3])
        ones = tf.ones([3])
        y = tf.nn.relu(tf.nn.fused_batch_norm(x, ones, ones, ones, ones, is_training=False)[0])
    assert capturing._last_outputs(graph) == [y]
