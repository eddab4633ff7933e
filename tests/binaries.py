"""The project's commands, run in the process of a test."""

import importlib
import sys

from absl.testing import flagsaver

from groundwork import commands

WINGS = ("legacy", "modern") if sys.version_info >= (3, 11) else ("legacy",)


def call(program, *arguments):
    """Exit status of a command; its flags are defined at its import, and only until its end."""
    with flagsaver.flagsaver():
        sys.modules.pop(program, None)
        module = importlib.import_module(program)
        try:
            return commands.run(program, module.__doc__, module.main, [program] + list(arguments))
        finally:
            sys.modules.pop(program)


def train(wing, run_dir, *arguments):
    """Exit status of a wing's training."""
    return call(wing + ".train", "--run_dir=" + run_dir, *arguments)
