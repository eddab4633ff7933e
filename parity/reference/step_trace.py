"""Writes the arrays of a step of the reference, and the changes that variants make of them."""

import numpy as np

from parity import capture
from parity.common import keys
from parity.common import moves

# Largest difference, in units in the last place, that is rounding.
_ROUNDING = 64


def write_step(step, write, last_rates=()):
    """Writes the arrays of a step.

    Args:
      step: a `parity.reference.steps.Step`.
      write: function (name, array) that keeps an array.
      last_rates: `[{variable: learning rate}]` of the phases of the previous step, which the
        momentum of Keras's SGD contains.
    """
    for name, value in named(step).items():
        write(name, value)
    for name, value in step.before.items():
        write(keys.before(step.number, name), value)
    for position, phase in enumerate(step.phases):
        _write_phase("{}/{}".format(step.number, position), phase, write)
    for position, rates in enumerate(last_rates):
        for name, value in rates.items():
            write(keys.last_rate(step.number, position, name), value)
    for position, inputs in enumerate(step.gathered):
        for name, value in inputs.items():
            write("gathered/{}/{}/{}".format(step.number, position, name), value)


def _write_phase(place, phase, write):
    for part, values in (("rate", phase.rates), ("input", phase.inputs)):
        for name, value in values.items():
            write("{}/{}/{}".format(part, place, name), value)
    for number, (_, value) in enumerate(phase.draws):
        write("draw/{}/{}".format(place, number), value)


class Changes(object):
    """Changes that variants make of a step: distances, and arrays where those are needed.

    Args:
      given: mapping from names, as of `write_step`, to arrays of the step.
      write: function (name, array) that keeps an array.
      split: names of variables that a port holds in parts. Their arrays are kept, since the change
        of a part does not follow from the change of the whole.
    """

    def __init__(self, given, write, split=()):
        self._given, self._write, self._split = given, write, set(split)
        self._allowed, self._noise, self._bent = {}, {}, {}

    def add(self, variant, step):
        """Adds the `Step` that a variant, by its name, makes of the step."""
        for name, value in named(step).items():
            if name not in self._given or value.dtype.kind != "f":
                continue
            if variant == "again":
                self._add_again(name, value)
            elif variant == "biased":
                self._add_biased(name, value)
            elif variant != "nudged" and _variable(name) in self._split:
                self._write("{}_{}".format(variant, name), value)
            else:
                found = self._noise if variant == "nudged" else self._allowed
                found[name] = max(found.get(name, 0.0), self._change(name, value))
                if found is self._allowed and name.startswith("after/"):
                    self._bent[name] = max(self._bent.get(name, 0.0), self._rest(name, value))

    def _add_again(self, name, value):
        """Writes an array that is not bit for bit equal when the step is run again."""
        if value.tobytes() != self._given[name].tobytes():
            self._write("again_" + name, value)

    def _add_biased(self, name, value):
        """Writes moving variances, the only variables that differ after one step."""
        measured = self._noise.get(name, 0.0) if value.dtype == np.float32 else 0.0
        rounding = _ROUNDING * max(np.finfo(value.dtype).eps, measured)
        if name.startswith("after/") and self._change(name, value) > rounding:
            self._write("biased_" + name, value)

    def _change(self, name, value):
        """Distance of a variant's array, relative to the reference's or to a variable's change."""
        before = self._given["before" + name[len("after"):]] if name.startswith("after/") else (
            np.zeros((), value.dtype))
        return capture.relative_change(value, self._given[name], before)

    def _rest(self, name, value):
        """Relative distance of a variable's change from any multiple of the reference's change."""
        return moves.residual(value, self._given[name], self._given["before" + name[len("after"):]])

    def finish(self):
        """Writes the distances of all variants that were added."""
        for kind, found in (("allowed_", self._allowed), ("noise_", self._noise),
                            ("bent_", self._bent)):
            for name, change in found.items():
                self._write(kind + name, np.float64(change))


def named_and_before(step):
    """`{name: array}` of a step with which variants are compared."""
    return dict(named(step), **{keys.before(step.number, name): value
                                for name, value in step.before.items()})


def _variable(name):
    """Variable or tensor in the name of an array: the part after the step and the phase."""
    return name.split("/", 2 if name.startswith("after/") else 3)[-1]


def named(step):
    """`{name: array}` that a step computes: variables after it, gradients, losses, outputs."""
    found = {keys.after(step.number, name): value for name, value in step.after.items()}
    for position, phase in enumerate(step.phases):
        for part, values in (("gradient", phase.gradients), ("loss", phase.losses),
                             ("output", phase.outputs), ("fetched", phase.fetched)):
            found.update(("{}/{}/{}/{}".format(part, step.number, position, name), value)
                         for name, value in values.items())
    return found
