"""Trains cases in this process by `legacy` alone, without `parity`'s recorder.

    python tests/tf1/free_run.py FOLDER CASE...

Writes FOLDER/CASE.npz with the curves that the case's golden file has, of its first steps.
"""

import os
import sys

import numpy as np
import tensorflow.compat.v1 as tf

from groundwork.data.batches import of_digits
from legacy import training
from parity.cases import CASES
from parity.common.names import resolve
from parity.common.worker import Curves
from tests.golden import golden_file

DTYPE = "float64"
SEED = 1
STEPS = 20


def session_config():
    """Parity mode."""
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def in_float64(batch):
    """A batch as the recorder feeds it: noise and images are float32 numbers in both precisions."""
    return {key: value.astype(DTYPE) if value.dtype.kind == "f" else value
            for key, value in batch.items()}


def free_run(case):
    """The curves of the first `STEPS` steps, or of all that the golden file has."""
    steps = min(STEPS, case.steps)
    hparams = resolve(case.hparams)(case.model, dict(case.values))
    batches = of_digits(hparams)
    with tf.Graph().as_default():
        phases = training.make_phases(resolve(case.legacy)(hparams, DTYPE))
        weights = {variable.op.name: variable for variable in tf.trainable_variables()}
        curves = Curves()
        with tf.Session(config=session_config()) as session:
            training.initialize(session, SEED)
            curves.add({}, session.run(weights))
            for step in range(1, steps + 1):
                losses = training.run_step(session, phases, in_float64(batches(SEED, step)))
                curves.add(losses, session.run(weights))
    return golden_file.thin(curves.arrays())


def main(folder, names):
    """Writes one file a case."""
    for name in names:
        np.savez(os.path.join(folder, name + ".npz"), **free_run(CASES[name]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
