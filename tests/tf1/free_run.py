"""Trains cases by `legacy` alone, in a process that takes jobs as lines of JSON.

It runs on the real TensorFlow 1.15.5 as well as on today's.
"""

import platform

import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork import parity_mode
from groundwork.data.batches import of_digits
from legacy import training
from parity.cases import CASES
from parity.common import names
from parity.common import worker
from tests.golden import golden_file

DTYPE = "float64"
SEED = 1


def session_config():
    """Parity mode."""
    config = tf.ConfigProto(intra_op_parallelism_threads=parity_mode.THREADS,
                            inter_op_parallelism_threads=1)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def make(model, **values):
    """The hyper-parameters that a case's arguments stand for."""
    return hyperparameters.make(model, values)


def free_run(program, hparams, steps):
    """The curves of a run from its start.

    Args:
      program: function (hparams, dtype) -> `legacy.program.Program`.
      hparams: the model's hyper-parameters.
      steps: how many are taken.
    """
    batches = of_digits(hparams, DTYPE)
    curves = golden_file.Curves()
    with tf.Graph().as_default():
        phases = training.make_phases(program(hparams, DTYPE))
        weights = {variable.op.name: variable for variable in tf.trainable_variables()}
        with tf.Session(config=session_config()) as session:
            training.initialize(session, SEED)
            for step in range(steps + 1):
                if step:
                    curves.add_losses(training.run_step(session, phases, batches(SEED, step)))
                if step in golden_file.STEPS:
                    curves.add_weights(session.run(weights))
    return curves.arrays()


def train(job):
    """Writes the golden file of `job["steps"]` steps of a case, as they are computed here."""
    case = CASES[job["case"]]
    program = "legacy.models.{}:program".format(case.model)
    curves = free_run(names.resolve(program), make(**case.arguments), job["steps"])
    header = {
        "case": case.name, "program": program, "hparams": case.arguments, "dtype": DTYPE,
        "seed": SEED, "steps": job["steps"], "threads": parity_mode.THREADS,
        "versions": {"tensorflow": tf.__version__, "numpy": np.__version__},
        "interpreter": "python " + platform.python_version(), "cpu": golden_file.cpu()}
    with open(job["out"], "wb") as file:
        file.write(golden_file.content(header, curves))


if __name__ == "__main__":
    worker.serve({"train": train})
