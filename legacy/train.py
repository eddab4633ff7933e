"""Trains one of the documents' models as TensorFlow 1 code."""

# PYTHON_ARGCOMPLETE_OK (by which argcomplete knows that it may ask this module)

import importlib
import sys

from groundwork import commands
from groundwork import flags
from groundwork import importing
from groundwork import start
from groundwork.run import training_loop

flags.define_training_flags()


def _read_weights(hparams, dtype, asked):
    with importing.importing_tensorflow():
        from legacy import warm_start
        model = importlib.import_module("legacy.models." + flags.FLAGS.model)
    return warm_start.read(model.program, hparams, dtype, asked)


def main():
    """Reads the flags, then trains."""
    begun = start.training("legacy", _read_weights)
    with begun.run as run:
        with importing.importing_tensorflow():
            from legacy import training
            model = importlib.import_module("legacy.models." + flags.FLAGS.model)
        run.clear_done()
        with training.trainer(
                model.program, begun.hparams, begun.run_config.dtype, begun.run_config) as trainer:
            step = training_loop.train(trainer, begun)
        run.mark_done(step)


def console():
    """Entry point of the command `legacy-train`."""
    sys.exit(commands.run("legacy.train", __doc__, main))


if __name__ == "__main__":
    console()
