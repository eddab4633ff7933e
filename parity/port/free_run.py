"""Runs a port freely from a given state, with its random draws answered."""

import contextlib

import numpy as np
import tensorflow as tf

from parity import capture
from parity.common.curves import Curves
from parity.port import draws as random_draws
from parity.port import hooks


def entries(port, steps, drawn):
    """Runs freely; returns sampled entries of every variable, and losses.

    Args:
      port: a `Port` in the state where the run begins.
      steps: (`feeding.Batch`, `Draws`) of each step.
      drawn: True where draws have to be answered.

    Returns:
      `{"entries/<path>": [steps + 1, up to 16], "losses/port/<name>": [steps]}`.
    """
    run, curves = _Run(port, drawn), Curves()
    curves.add({}, _floats(port))
    with _plain_graphs():
        for batch, draws in steps:
            curves.add({"port": run.take(batch, draws)}, _floats(port))
    return curves.arrays()


def follow(port, steps, drawn, digests):
    """Runs freely for as long as the port's arrays have the given digests.

    Args:
      port, steps, drawn: as for `entries`.
      digests: `{"<kind>/<name>": digest}` of arrays after each step, see `Port.held`. The run ends
        with the first step after which an array has another digest.

    Returns:
      (number of steps with these digests, True where `traced_step` takes the same steps,
      `{"losses/port/<name>": [steps]}`).
    """
    run, curves, count = _Run(port, drawn), Curves(), 0
    with _plain_graphs():
        for (batch, draws), expected in zip(steps, digests):
            curves.add({"port": run.take(batch, draws)}, {})
            if _held(port, expected) != expected:
                break
            count += 1
    return count, run.traced and port.form.steps_as_traced, curves.arrays()


def _held(port, wanted):
    """`{"<kind>/<name>": digest}` of the wanted arrays that are finite, as NaNs prove nothing."""
    return {f"{kind}/{name}": capture.digest(value) for kind, name, value in port.held()
            if f"{kind}/{name}" in wanted and np.isfinite(value).all()}


class _Run:
    """Steps that are taken one after the other.

    Args:
      port: a `Port`.
      drawn: True where draws have to be answered. Without any, steps run as their author runs
        them: traced where `fit` or a tf.function traces them, which takes half the time.

    Attributes:
      traced: True where steps run as their author runs them.
    """

    def __init__(self, port, drawn):
        self._port, self._as_author = port, None
        self._first, self.traced = not drawn, False

    def take(self, batch, draws):
        """Takes a step; returns its scalar losses, `{name: loss}`."""
        if self._first:
            self._first = False
            losses = self._try(batch, draws)
        else:
            losses = self._as_author(batch) if self.traced else self._answered(batch, draws)
        return {name: loss for name, loss in losses.items() if np.size(loss) == 1}

    def _answered(self, batch, draws):
        with hooks.replaced(random_draws.replacements(draws)), hooks.eager():
            return self._port.form.step(batch)

    def _try(self, batch, draws):
        """Takes a step as its author does; if that fails, eagerly from the same state."""
        before, self._as_author = self._port.values(), self._port.form.stepper()
        try:
            losses, self.traced = self._as_author(batch), True
        except Exception:  # the author's code may fail to be traced in any way
            self._port.restore(before)
            losses = self._answered(batch, draws)
        return losses


@contextlib.contextmanager
def _plain_graphs():
    """Context in which no graph optimiser changes a traced step."""
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
