"""Draws a grid of images from a run of `legacy.train`; needs the data set to translate only."""

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
    asked = sampling.from_flags("legacy")
    with importing.importing_tensorflow():
        from legacy import training
        model = importlib.import_module("legacy.models." + asked.model)
    with training.trainer(model.program, asked.hparams, asked.dtype) as trainer:
        sampling.write(asked, trainer)


def console():
    """Entry point of the command `legacy-sample`."""
    sys.exit(commands.run("legacy.sample", __doc__, main))


if __name__ == "__main__":
    console()
