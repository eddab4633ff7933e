"""Trains one of the documents' programs in Keras 3."""

import importlib
import sys

from groundwork import commands
from groundwork import flags
from groundwork import quiet
from groundwork import start

flags.define_training_flags()


def _read_weights(hparams, dtype, asked):
    with quiet.quiet_tensorflow():
        from modern import warm_start
        model = importlib.import_module("modern.models." + flags.FLAGS.model)
    return warm_start.read(model.program, hparams, dtype, asked)


def main():
    """Reads the flags, then trains."""
    begun = start.training("modern", _read_weights, flags.FLAGS.stock_optimizers)
    with begun.run as run:
        with quiet.quiet_tensorflow():
            from modern import training
            model = importlib.import_module("modern.models." + flags.FLAGS.model)
        run.clear_done()
        program = model.program(begun.hparams, begun.plan.dtype, flags.FLAGS.stock_optimizers)
        step = training.train(
            run, program, begun.hparams, begun.batches, begun.plan, begun.weights)
        run.mark_done(step)


def console():
    """Entry point of the command `modern-train`."""
    sys.exit(commands.run("modern.train", __doc__, main))


if __name__ == "__main__":
    console()
