"""The traces of both sides in one precision, with the mapping of their names."""

import numpy as np

from parity.common import moves
from parity.judge import differences
from parity.judge.compared import NoiseFloor
from parity.trace.trace import Trace

# Variants of the reference with its constants rounded otherwise.
CONSTANTS = ("stored", "raised", "mixed", "rates", "powers")
# Stands before the name of what variants are variants of, where a changed step has another array.
RECORDED = "recorded_"


class Sides:
    """Two traces of a pair in one precision.

    Args:
      reference, port: mappings from names to arrays.
      pairing: a `parity.pair.variables.Pairing`.
      slots: `parity.pair.slots.Row`s.
      steps: numbers of the compared steps.
      optimizers: `{port path: number of the optimiser that trains it}`.
      updated: names of the variables that the reference trains.
      own: `parity.pair.own_state.Row`s: variables that optimisers keep for themselves.

    Attributes:
      hidden: names of the variables that the reference trains by operations that hide the gradient,
        so that no array holds it.
    """

    def __init__(self, reference, port, pairing, slots, steps, optimizers, updated=(), own=()):
        self.reference, self.port = Trace.of(reference), Trace.of(port)
        self.pairing, self.slots, self.steps = pairing, slots, steps
        self.optimizers, self.own = optimizers, own
        self._first_phases, self._largest = {}, {}
        # Operations without a float64 kernel run in float32, and round what follows like constants.
        self._in_float32 = differences.FLOAT32_CONSTANT / 2 if "islands" in self.reference else 0.0
        for phase, variable, _ in self.reference.by_phase("gradient", self.first_step):
            self._first_phases[variable] = min(phase, self._first_phases.get(variable, phase))
        self.hidden = {name for name in updated if not self.trains(name)}

    @property
    def first_step(self):
        """Number of the first compared step."""
        return self.steps[0]

    def trains(self, variable):
        """True where the first step holds a gradient of this variable of the reference."""
        return variable in self._first_phases

    def first_phase(self, variable):
        """Number of the first phase that trains a variable of the reference; 0 where none does."""
        return self._first_phases.get(variable, 0)

    def largest_gradient(self, step, phase):
        """The largest absolute entry of all gradients of a phase of the reference."""
        if (step, phase) not in self._largest:  # they are read from the disk for it
            self._largest[step, phase] = max(
                np.abs(self.reference[name]).max() for place, _, name in
                self.reference.by_phase("gradient", step) if place == phase)
        return self._largest[step, phase]

    def noise_floor(self, name, transform=lambda value: value, before=None):
        """The `NoiseFloor` of a tensor of the reference.

        Args:
          name: name of its array.
          transform: function that changes the array to the port's layout.
          before: the variable before the step, in the port's layout; its move is then the unit.
        """
        def measured(kind):
            return float(self.reference[kind + name]) if kind + name in self.reference else 0.0
        variants = [transform(self.reference[f"{variant}_{name}"]) for variant in CONSTANTS
                    if f"{variant}_{name}" in self.reference]
        is_changed = RECORDED + name in self.reference
        expected = transform(self.reference[RECORDED + name if is_changed else name]
                             ) if variants or is_changed else None
        changed = [differences.measure(value, expected, before).relative for value in variants]
        residuals = [moves.residual(value, expected, before) for value in variants
                     if before is not None]
        if is_changed and before is not None and np.array_equal(expected, before):
            changed.append(differences.FLOAT32_CONSTANT / 2)  # where nothing moves, nothing is told
        return NoiseFloor(measured("noise_"),
                          max([measured("allowed_"), self._in_float32] + changed),
                          max([measured("bent_"), self._in_float32] + residuals))
