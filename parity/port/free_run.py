"""A port run freely from a given start, its draws answered."""

import contextlib

import numpy as np
import tensorflow as tf

from parity.common import worker
from parity.port import draws as random_draws
from parity.port import hooks


def entries(port, steps, drawn):
    """Some numbers of every variable, and losses: `{"entries/<path>": [steps + 1, up to 16]}`,
    `{"losses/port/<name>": [steps]}`.

    Args:
      port: a `Port` in the state where the run begins.
      steps: (`feeding.Batch`, `Draws`) of each step.
      drawn: whether there are draws to be answered. Without any, steps run as their author runs
        them: traced where `fit` or a tf.function traces them, which takes half the time.
    """
    take = _answered(port) if drawn else None
    curves = worker.Curves()
    curves.add({}, _floats(port))
    with _plain_graphs():
        for batch, draws in steps:
            losses, take = (take(batch, draws), take) if take else _first(port, batch, draws)
            curves.add({"port": {name: loss for name, loss in losses.items()
                                 if np.size(loss) == 1}}, _floats(port))
    return curves.arrays()


def _answered(port):
    """Function (batch, draws) that takes an eager step and returns its losses."""
    def take(batch, draws):
        with hooks.replaced(random_draws.replacements(draws)), hooks.eager():
            return port.form.step(batch)
    return take


def _first(port, batch, draws):
    """(losses, function that takes the steps that follow): a step as its author takes it.

    What cannot be traced is taken eagerly, from the same state.
    """
    before, as_author = port.values(), port.form.stepper()
    try:
        return as_author(batch), lambda batch, unused_draws: as_author(batch)
    except Exception:  # the author's code may fail to be traced in any way
        port.restore(before)
    eager = _answered(port)
    return eager(batch, draws), eager


@contextlib.contextmanager
def _plain_graphs():
    """Lets no graph optimiser change what a traced step computes."""
    options = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options(
            {"disable_meta_optimizer": options.get("disable_meta_optimizer", False)})


def _floats(port):
    values = {path: variable.numpy() for path, variable in port.variables().items()}
    return {path: value for path, value in values.items() if value.dtype.kind == "f"}
