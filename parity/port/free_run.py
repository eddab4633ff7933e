"""A port run freely from a given start, its draws answered."""

import contextlib

import numpy as np
import tensorflow as tf

from parity import capture
from parity.common.curves import Curves
from parity.port import draws as random_draws
from parity.port import hooks


def entries(port, steps, drawn):
    """Some numbers of every variable, and losses: `{"entries/<path>": [steps + 1, up to 16]}`,
    `{"losses/port/<name>": [steps]}`.

    Args:
      port: a `Port` in the state where the run begins.
      steps: (`feeding.Batch`, `Draws`) of each step.
      drawn: whether there are draws to be answered.
    """
    run, curves = _Run(port, drawn), Curves()
    curves.add({}, _floats(port))
    with _plain_graphs():
        for batch, draws in steps:
            curves.add({"port": run.take(batch, draws)}, _floats(port))
    return curves.arrays()


def follow(port, steps, drawn, digests):
    """(steps after which it holds what `digests` say, whether they are what `traced_step` takes,
    losses as above).

    Args:
      port, steps, drawn: see `entries`.
      digests: `{"<kind>/<name>": digest}` of what it shall hold after each step, see `Port.held`.
        The run ends with the first step that leaves anything else.
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
    """`{"<kind>/<name>": digest}` of those of its variables that are wanted and finite: what is no
    number on both sides is no agreement."""
    return {f"{kind}/{name}": capture.digest(value) for kind, name, value in port.held()
            if f"{kind}/{name}" in wanted and np.isfinite(value).all()}


class _Run:
    """Steps that are taken one after the other.

    Args:
      port: a `Port`.
      drawn: whether there are draws to be answered. Without any, steps run as their author runs
        them: traced where `fit` or a tf.function traces them, which takes half the time.

    Attributes:
      traced: whether they do.
    """

    def __init__(self, port, drawn):
        self._port, self._as_author = port, None
        self._first, self.traced = not drawn, False

    def take(self, batch, draws):
        """Takes a step; those of its losses that are one number, `{name: loss}`."""
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
        """A step as its author takes it; what cannot be traced is taken eagerly, from the same
        state."""
        before, self._as_author = self._port.values(), self._port.form.stepper()
        try:
            losses, self.traced = self._as_author(batch), True
        except Exception:  # the author's code may fail to be traced in any way
            self._port.restore(before)
            losses = self._answered(batch, draws)
        return losses


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
