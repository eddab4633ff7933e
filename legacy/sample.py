"""Draws a grid of images from a run of `legacy.train`; needs no data set."""

import importlib
import sys

from groundwork import commands
from groundwork import flags
from groundwork import quiet
from groundwork import start

flags.define_sampling_flags()


def main():
    """Reads the flags, then writes the grid."""
    asked = start.sampling("legacy")
    with quiet.quiet_tensorflow():
        from legacy import training
        model = importlib.import_module("legacy.models." + asked.model)
    start.write_samples(asked, training.sample_run(asked, model.program))


def console():
    """Entry point of the command `legacy-sample`."""
    sys.exit(commands.run("legacy.sample", __doc__, main))


if __name__ == "__main__":
    console()
