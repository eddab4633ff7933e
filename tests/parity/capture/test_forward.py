"""Graphs without updates: their outputs are captured and replayed."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity.reference import replay_error
from parity.reference.captured import Captured
from parity.reference.showing import show

W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], np.float32)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with a SavedModel, and with the same graph as a .meta and a checkpoint."""
    folder = tmp_path_factory.mktemp("saved")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.tanh(tf.matmul(x, tf.get_variable("w", initializer=tf.constant(W))), name="y")
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, str(folder / "model"), {"x": x}, {"y": y})
        tf.train.Saver().save(session, str(folder / "model.ckpt"))
    return folder


@pytest.mark.parametrize("program", ["model", "model.ckpt.meta"])
def test_outputs_are_captured_and_replayed(capture, saved, tmp_path, program):
    ended = capture("--steps=3", "--", saved / program, cwd=tmp_path)
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
