"""The arrays of a step of the reference, written as they come, and what its variants change."""

import numpy as np

from parity import capture

# What is further off than this many units in the last place is no rounding.
_ROUNDING = 64


class StepTrace(object):
    """Writes a step; of variants, how far they are from it, and arrays where those are needed.

    Args:
      step: a `parity.reference.steps.Step`.
      write: function (name, array) that keeps an array.
      split: names of variables that a port holds in parts; what constants change of a part cannot
        be told from what they change of the whole.
      last_rates: `[{variable: learning rate}]` of the phases of the step before it, which Keras's
        momentum holds.
    """

    def __init__(self, step, write, split=(), last_rates=()):
        self._step, self._write, self._split = step, write, set(split)
        self._named, self._allowed = _named(step), {}
        for name, value in self._named.items():
            write(name, value)
        for name, value in step.before.items():
            write("before/{}/{}".format(step.number, name), value)
        for position, phase in enumerate(step.phases):
            self._write_given("{}/{}".format(step.number, position), phase)
        for position, rates in enumerate(last_rates):
            for name, value in rates.items():
                write("last_rate/{}/{}/{}".format(step.number, position, name), value)
        for position, inputs in enumerate(step.gathered):
            for name, value in inputs.items():
                write("gathered/{}/{}/{}".format(step.number, position, name), value)

    def _write_given(self, place, phase):
        for part, values in (("rate", phase.rates), ("input", phase.inputs)):
            for name, value in values.items():
                self._write("{}/{}/{}".format(part, place, name), value)
        for number, (_, value) in enumerate(phase.draws):
            self._write("draw/{}/{}".format(place, number), value)

    def add(self, variant, step):
        """Takes what a variant makes of the step."""
        for name, value in _named(step).items():
            if name not in self._named or value.dtype.kind != "f":
                continue
            if variant == "biased":
                self._add_biased(name, value)
            elif variant != "nudged" and _variable(name) in self._split:
                self._write("{}_{}".format(variant, name), value)
            else:
                self._allowed[name] = max(self._allowed.get(name, 0.0), self._change(name, value))

    def _add_biased(self, name, value):
        """Keeps moving variances, which are all that is otherwise after one step."""
        measured = self._allowed.get(name, 0.0) if value.dtype == np.float32 else 0.0
        rounding = _ROUNDING * max(np.finfo(value.dtype).eps, measured)
        if name.startswith("after/") and self._change(name, value) > rounding:
            self._write("biased_" + name, value)

    def _change(self, name, value):
        """The distance of a variant's array, relative to the reference's, of variables its move."""
        before = self._step.before[_variable(name)] if name.startswith("after/") else (
            np.zeros((), value.dtype))
        return capture.relative_change(value, self._named[name], before)

    def finish(self):
        """Writes what the variants change."""
        for name, change in self._allowed.items():
            self._write("allowed_" + name, np.float64(change))


def _variable(name):
    """The variable or tensor in the name of an array: all after the step, and the phase."""
    return name.split("/", 2 if name.startswith("after/") else 3)[-1]


def _named(step):
    """What a step computes: variables after it, gradients, losses, outputs."""
    found = {"after/{}/{}".format(step.number, name): value for name, value in step.after.items()}
    for position, phase in enumerate(step.phases):
        for part, values in (("gradient", phase.gradients), ("loss", phase.losses),
                             ("output", phase.outputs), ("fetched", phase.fetched)):
            found.update(("{}/{}/{}/{}".format(part, step.number, position, name), value)
                         for name, value in values.items())
    return found
