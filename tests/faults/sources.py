"""Whole files of every format that parity reads, in one folder, for `tests.faults.many`."""

import json
import os
import shutil

import numpy as np

_PROGRAM = """
import tensorflow.compat.v1 as tf

def build():
    x = tf.placeholder(tf.float32, [None, 3], "x")
    loss = tf.reduce_mean(tf.square(tf.layers.dense(x, 2) - 1.0))
    return {"inputs": {"x": x}, "loss": loss,
            "train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss)}
"""


def make(pair, trainings):
    """Writes the files; returns the path of the folder.

    Args:
      pair: the `tests.faults.pairs.Pair`.
      trainings: `{wing: tests.faults.training.Training}`.
    """
    folder = pair.path("sources")
    os.mkdir(folder)
    traces, = os.listdir(pair.path("traces"))
    shutil.copytree(os.path.join(pair.path("traces"), traces), os.path.join(folder, "traces"))
    shutil.copytree(pair.path("captured"), os.path.join(folder, "captured"))
    pair.write_golden(os.path.join(folder, "golden.npz"), os.path.join(folder, "golden_traces"))
    for wing, training in trainings.items():
        shutil.copytree(training.whole, os.path.join(folder, wing))
    names = {"hidden/kernel": "hidden/kernel", "logits/bias": "logits/bias"}
    with open(os.path.join(folder, "names.json"), "w", encoding="utf-8") as file:
        json.dump(names, file)
    with open(os.path.join(folder, "names.py"), "w", encoding="utf-8") as file:
        file.write("NAMES = {!r}\n".format(names))
    with open(os.path.join(folder, "program.py"), "w", encoding="utf-8") as file:
        file.write(_PROGRAM)
    np.savez(os.path.join(folder, "batches.npz"), x=np.ones((2, 4, 3), np.float32))
    return folder
