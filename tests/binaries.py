"""The project's commands, run in the process of a test."""

import contextlib
import importlib
import os
import sys
from unittest import mock

from absl.testing import flagsaver
import pytest

from groundwork import commands
from tests.support import threads

WINGS = ("legacy", "modern") if sys.version_info >= (3, 11) else ("legacy",)


def first_quick(*wings):
    """`pytest.param`s of the wings, all but the first that is here slow.

    For what `groundwork` does for both, and what one wing is the cheaper to show for.
    """
    wings = [wing for wing in wings if wing in WINGS]
    return wings[:1] + [pytest.param(wing, marks=pytest.mark.slow) for wing in wings[1:]]


LEGACY_QUICK = first_quick("legacy", "modern")  # of which no step is compiled
MODERN_QUICK = first_quick("modern", "legacy")


@contextlib.contextmanager
def _graph_optimizer_kept():
    """Restores TensorFlow 2's graph optimiser, which --parity_mode switches off for a process."""
    if "modern" not in WINGS:
        yield
        return
    import tensorflow as tf
    off = tf.config.optimizer.get_experimental_options().get("disable_meta_optimizer", False)
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": off})


def call(program, *arguments):
    """Exit status of a command; its flags are defined at its import, and only until its end.

    So is its environment, or --parity_mode would be that of all processes that are started later.
    """
    threads.take_all()
    with flagsaver.flagsaver(), mock.patch.dict(os.environ), _graph_optimizer_kept():
        sys.modules.pop(program, None)
        module = importlib.import_module(program)
        try:
            return commands.run(program, module.__doc__, module.main, [program] + list(arguments))
        finally:
            sys.modules.pop(program)


def train(wing, run_dir, *arguments):
    """Exit status of a wing's training."""
    return call(wing + ".train", "--run_dir=" + run_dir, *arguments)
