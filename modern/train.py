"""Trains one of the documents' models in Keras 3."""

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
        from modern import warm_start
        model = importlib.import_module("modern.models." + flags.FLAGS.model)
    return warm_start.read(model.program, hparams, dtype, asked)


def main():
    """Reads the flags, then trains."""
    begun = start.training("modern", _read_weights, flags.FLAGS.stock_optimizers)
    with begun.run as run:
        with importing.importing_tensorflow():
            from modern import training
            model = importlib.import_module("modern.models." + flags.FLAGS.model)
        run.clear_done()
        with training.trainer(
                model.program, begun.hparams, begun.run_config.dtype, begun.run_config,
                flags.FLAGS.stock_optimizers) as trainer:
            step = training_loop.train(trainer, begun)
        run.mark_done(step)


def console():
    """Entry point of the command `modern-train`."""
    sys.exit(commands.run("modern.train", __doc__, main))


if __name__ == "__main__":
    console()
