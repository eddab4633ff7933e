"""The reference's arrays in the port's layout: cut, ordered, joined, under names that say so.

Sketches cannot be cut or ordered, so that a golden file holds those of arrays in the port's layout,
and compares them without a transform.
"""

import re
from typing import NamedTuple

import numpy as np

from parity.common import keys
from parity.judge import sketch
from parity.judge import tensor_names
from parity.judge.compared import NoiseFloor
from parity.judge.rungs import state
from parity.judge.sides import Sides
from parity.pair import transforms

# "noise_biased_after/<step>/<variable>", "gradient/<step>/<phase>/<variable>".
_OF_VARIABLE = re.compile(r"([a-z]+_)*(after/\d+|gradient/\d+/\d+)/(?P<name>.*)", re.DOTALL)

# Prefix of the arrays of the pass without training.
INFERRED = "inferred/"


class Array(NamedTuple):
    """An array of the reference in the port's layout.

    Attributes:
      name: its name in a trace.
      value: the array.
      before: the array before the step, of a variable or a slot, else None.
      noise_floor: its `NoiseFloor`.
    """

    name: str
    value: np.ndarray
    before: np.ndarray | None = None
    noise_floor: NoiseFloor = NoiseFloor()


class Layout:
    """The port's layout of a reference's arrays.

    Args:
      found: the `Mapping` of both sides.

    Attributes:
      rows, slots, own: those of the mapping whose arrays are numbers that training changes.
    """

    def __init__(self, found):
        self._found = found
        floats = {entry["name"] for entry in found.reference["variables"]
                  if entry["dtype"].startswith("float")}
        self.rows = [row for row in found.variables.rows if row.reference in floats]
        self._transforms = {row.port: row.transform for row in found.variables.rows}
        self.slots, self.own = found.slots, found.own

    @staticmethod
    def name_of(row):
        """The name of a variable in the port's layout: its own, with the transform."""
        return _called(row.reference, row.transform.name)

    def name_of_slot(self, slot):
        """The name of a slot in the port's layout: its own, with the transforms."""
        return _called(slot.reference, ", ".join(filter(None, (
            self._transforms[slot.port].name, "times minus the rate" if slot.holds_rate else ""))))

    def knows(self, name):
        """True unless an array of this name is of a variable without a partner in the port."""
        match = _OF_VARIABLE.match(name)
        return not match or match.group("name") in self.names().values()

    def names(self):
        """`{(variable or slot of the reference, path): name in the port's layout}`."""
        return {
            **{(row.reference, row.port): self.name_of(row) for row in self.rows},
            **{(slot.reference, slot.port): self.name_of_slot(slot) for slot in self.slots},
            **{(row.reference, row.name): row.reference for row in self.own}}

    def starts(self, trace, step):
        """`{name: array}` of variables and slots before a step, in the port's layout.

        Args:
          trace: the reference's `Trace`.
          step: number of the step.
        """
        def before(row):
            return trace[keys.before(step, row.reference)]
        found = {row.reference: before(row) for row in self.own}
        for row in self.rows:
            found[self.name_of(row)] = row.transform.state(before(row))
        for slot in self.slots:
            found[self.name_of_slot(slot)] = self._held(trace, step, slot)(before(slot), last=True)
        return found

    def _held(self, trace, step, slot):
        """The function from a slot's layout in the reference to the port's, see `state.as_held`."""
        return state.as_held(trace, step, slot, self._transforms[slot.port])

    def arrays(self, sides):
        """Yields an `Array` for each array that the reference of `Sides` computes in the steps."""
        for step in sides.steps:
            starts = self.starts(sides.reference, step)
            for row in self.rows:
                yield from self._of_variable(sides, step, row, starts[self.name_of(row)])
            for slot in self.slots:
                yield self._of_slot(sides, step, slot, starts[self.name_of_slot(slot)])
            for row in self.own:
                name, before = keys.after(step, row.reference), starts[row.reference]
                yield Array(name, sides.reference[name], before,
                            sides.noise_floor(name, before=before))
            parts = ("fetched",) if step != sides.first_step else ("output", "loss", "fetched")
            for name in (name for part in parts
                         for name in sides.reference.part(part, step).values()):
                yield Array(name, sides.reference[name], noise_floor=sides.noise_floor(name))

    def _of_variable(self, sides, step, row, before):
        """Yields the `Array`s of a variable after a step, and of its gradients."""
        trace, take = sides.reference, row.transform.state
        for name_of in (keys.after, keys.biased_after):
            name = name_of(step, row.reference)
            if name in trace:
                noise_floor = sides.noise_floor(name, take, before) if (
                    name_of is keys.after) else NoiseFloor()
                yield Array(name_of(step, self.name_of(row)), take(trace[name]), before,
                            noise_floor)
        for phase in trace.phases(step):
            name = keys.gradient(step, phase, row.reference)
            if name in trace:
                value = row.transform.change(trace[name])
                if step != sides.first_step:  # only its size matters: whether it vanishes
                    value = np.abs(sketch.of(value)).max(initial=0)
                yield Array(keys.gradient(step, phase, self.name_of(row)),
                            np.asarray(value),
                            noise_floor=sides.noise_floor(name, row.transform.change))

    def _of_slot(self, sides, step, slot, before):
        held = self._held(sides.reference, step, slot)
        return Array(keys.after(step, self.name_of_slot(slot)),
                     held(sides.reference[keys.after(step, slot.reference)]), before,
                     state.noise_floor(sides, step, slot, held, before))

    def sides(self, reference, port, steps):
        """The `Sides` of a reference in the port's layout, without pairs that it lacks.

        Args:
          reference: mapping from names to arrays in the port's layout.
          port: mapping from names to arrays of the port.
          steps: numbers of the compared steps.
        """
        def there(name):
            return keys.after(steps[0], name) in reference
        rows = [row._replace(reference=self.name_of(row), transform=transforms.UNCHANGED)
                for row in self.rows if there(self.name_of(row))]
        slots = [slot._replace(reference=self.name_of_slot(slot), holds_rate=False)
                 for slot in self.slots if there(self.name_of_slot(slot))
                 and any(row.port == slot.port for row in rows)]
        updated = {update["variable"] for update in self._found.reference["updates"]}
        return Sides(reference, port, self._found.variables._replace(rows=rows), slots, steps,
                     self._found.optimizers, [self.name_of(row) for row in self.rows
                                              if row.reference in updated],
                     [row for row in self.own if there(row.reference)])

    def missing(self, reference, step):
        """Port paths of variables and slots of which a reference in this layout has no array."""
        return [path for path, name in [
            *((row.port, self.name_of(row)) for row in self.rows),
            *((tensor_names.of_slot(slot.port, slot.role), self.name_of_slot(slot))
              for slot in self.slots),
            *((row.name, row.reference) for row in self.own)]
                if keys.after(step, name) not in reference]


def _called(name, transform):
    return f"{name} ({transform})" if transform else name
