"""Programs that a verification captures itself."""

from parity.pair import captures
from parity.pair.config import PairConfig
from parity.workers import Recorder

# Its sums are split among the kernel's threads, and oneDNN has convolutions of its own.
PROGRAM = """
import numpy as np
import tensorflow.compat.v1 as tf

def build():
    images = tf.constant(np.random.RandomState(0).normal(size=(8, 64, 64, 8)), tf.float32)
    net = tf.layers.conv2d(images, 32, 3, activation=tf.nn.tanh)
    net = tf.layers.conv2d(net, 32, 3, activation=tf.nn.tanh)
    loss = tf.reduce_mean(tf.square(net - 0.1))
    return {"loss": loss, "train_op": tf.train.AdamOptimizer(0.01).minimize(loss)}
"""


def test_kernels_compute_as_in_a_replay(tmp_path, monkeypatch):
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "4")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")
    (tmp_path / "program.py").write_text(PROGRAM)
    captured = captures.captured(PairConfig(f"{tmp_path}/program.py:build", "", steps=2),
                                 str(tmp_path), lambda line: None)
    with Recorder("parity.reference.recorder") as reference:
        answer = reference("replay", captured=captured, enough=True)
    assert {dtype: found["verdict"] for dtype, found in answer.items()} == {"float32": "identical"}
