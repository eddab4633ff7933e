"""The two traces of one precision, and how their names belong together."""

import numpy as np

from parity.common import moves
from parity.judge import differences
from parity.judge.compared import Floor
from parity.trace.trace import Trace

# Variants of the reference whose constants are rounded otherwise.
CONSTANTS = ("stored", "raised", "mixed", "rates", "powers")


class Sides:
    """Two traces of a pair in one precision.

    Args:
      reference, port: mappings from names to arrays.
      pairing: a `parity.pair.variables.Pairing`.
      slots: `parity.pair.slots.Row`s.
      steps: numbers of the steps that were compared.
      optimizers: `{port path: number of the optimiser that trains it}`.
      own: `parity.pair.own_state.Row`s.
      updated: names of the variables that the reference trains; whose gradient is not among the
        arrays was trained by operations that hide it.
    """

    def __init__(self, reference, port, pairing, slots, steps, optimizers, updated=(), own=()):
        self.reference, self.port = Trace.of(reference), Trace.of(port)
        self.pairing, self.slots, self.steps = pairing, slots, steps
        self.optimizers, self.own = optimizers, own
        self._first_phases, self._largest = {}, {}
        # What has no float64 kernel is computed in float32, and rounds what follows like constants.
        self._in_float32 = differences.FLOAT32_CONSTANT / 2 if "islands" in self.reference else 0.0
        for phase, variable, _ in self.reference.by_phase("gradient", self.first_step):
            self._first_phases[variable] = min(phase, self._first_phases.get(variable, phase))
        self.hidden = {name for name in updated if not self.trains(name)}

    @property
    def first_step(self):
        """Number of the first compared step."""
        return self.steps[0]

    def trains(self, variable):
        """Whether a variable of the reference is trained in the first step."""
        return variable in self._first_phases

    def first_phase(self, variable):
        """The first phase of a step that trains a variable; 0 where none does."""
        return self._first_phases.get(variable, 0)

    def largest_gradient(self, step, phase):
        """The largest number of all gradients of a phase."""
        if (step, phase) not in self._largest:  # they are read from the disk for it
            self._largest[step, phase] = max(
                np.abs(self.reference[name]).max() for place, _, name in
                self.reference.by_phase("gradient", step) if place == phase)
        return self._largest[step, phase]

    def floor(self, name, transform=lambda value: value, before=None):
        """The `Floor` of a tensor of the reference.

        Args:
          name: of the array.
          transform: function that makes the port's layout.
          before: the variable before the step, in the port's layout, of whose move it is a part.
        """
        def held(kind):
            return float(self.reference[kind + name]) if kind + name in self.reference else 0.0
        variants = [transform(self.reference[f"{variant}_{name}"]) for variant in CONSTANTS
                    if f"{variant}_{name}" in self.reference]
        expected = transform(self.reference[name]) if variants else None
        changed = [differences.measure(value, expected, before).relative for value in variants]
        bent = [moves.rest(value, expected, before) for value in variants
                if before is not None]
        return Floor(held("noise_"), max([held("allowed_"), self._in_float32] + changed),
                     max([held("bent_"), self._in_float32] + bent))
