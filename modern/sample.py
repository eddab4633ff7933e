"""Draws a grid of images from a run of `modern.train`; needs the data set to translate only."""

# PYTHON_ARGCOMPLETE_OK (by which argcomplete knows that it may ask this module)

import importlib
import sys

from groundwork import commands
from groundwork import flags
from groundwork import importing
from groundwork import sampling

flags.define_sampling_flags()


def main():
    """Reads the flags, then writes the grid."""
    asked = sampling.from_flags("modern")
    with importing.importing_tensorflow():
        from modern import training
        model = importlib.import_module("modern.models." + asked.model)
    with training.trainer(model.program, asked.hparams, asked.dtype,
                          stock_optimizers=asked.stock_optimizers) as trainer:
        sampling.write(asked, trainer)


def console():
    """Entry point of the command `modern-sample`."""
    sys.exit(commands.run("modern.sample", __doc__, main))


if __name__ == "__main__":
    console()
