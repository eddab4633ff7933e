"""The reference's arrays as a port holds them: cut, ordered, joined, under names that say so.

Sketches cannot be cut or ordered. So a golden file holds those of arrays that are laid out as the
port's, and what compares them knows pairs that are as they are.
"""

import re
from typing import NamedTuple

import numpy as np

from parity.judge import sketch
from parity.judge.compared import Floor
from parity.judge.rungs import state
from parity.judge.sides import Sides
from parity.pair import transforms


# "noise_biased_after/<step>/<variable>", "gradient/<step>/<phase>/<variable>".
_OF_VARIABLE = re.compile(r"([a-z]+_)*(after/\d+|gradient/\d+/\d+)/(?P<name>.*)", re.DOTALL)


# Of the pass without training.
INFERRED = "inferred/"


class Array(NamedTuple):
    """An array in the port's layout: its name in a trace, where it is from, what changes it."""

    name: str
    value: np.ndarray
    before: np.ndarray | None = None
    floor: Floor = Floor()


class Layout:
    """How the arrays of a reference are laid out for the port of a `Mapping`.

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
        """What a variable is called once it is laid out."""
        return _called(row.reference, row.transform.name)

    def name_of_slot(self, slot):
        """What a slot is called once it is laid out."""
        return _called(slot.reference, ", ".join(filter(None, (
            self._transforms[slot.port].name, "times minus the rate" if slot.holds_rate else ""))))

    def knows(self, name):
        """Whether an array of a variable is that of one with a partner; others always are known."""
        match = _OF_VARIABLE.match(name)
        return not match or match.group("name") in self.names().values()

    def names(self):
        """`{(variable or slot of the reference, path): what it is called once it is laid out}`."""
        return {
            **{(row.reference, row.port): self.name_of(row) for row in self.rows},
            **{(slot.reference, slot.port): self.name_of_slot(slot) for slot in self.slots},
            **{(row.reference, row.name): row.reference for row in self.own}}

    def starts(self, trace, step):
        """`{name: array}` of what the steps start from."""
        found = {row.reference: trace[f"before/{step}/{row.reference}"] for row in self.own}
        for row in self.rows:
            found[self.name_of(row)] = row.transform.state(trace[f"before/{step}/{row.reference}"])
        for slot in self.slots:
            held = self._held(trace, step, slot)
            found[self.name_of_slot(slot)] = held(
                trace[f"before/{step}/{slot.reference}"], last=True)
        return found

    def _held(self, trace, step, slot):
        return state.as_held(trace, step, slot, self._transforms[slot.port])

    def arrays(self, sides):
        """Yields an `Array` for each that the reference of `Sides` computes in the steps."""
        for step in sides.steps:
            starts = self.starts(sides.reference, step)
            for row in self.rows:
                yield from self._of_variable(sides, step, row, starts[self.name_of(row)])
            for slot in self.slots:
                yield self._of_slot(sides, step, slot, starts[self.name_of_slot(slot)])
            for row in self.own:
                name, before = f"after/{step}/{row.reference}", starts[row.reference]
                yield Array(name, sides.reference[name], before, sides.floor(name, before=before))
            parts = ("fetched",) if step != sides.first_step else ("output", "loss", "fetched")
            for name in (name for part in parts
                         for name in sides.reference.part(part, step).values()):
                yield Array(name, sides.reference[name], floor=sides.floor(name))

    def _of_variable(self, sides, step, row, before):
        trace, take, place = sides.reference, row.transform.state, f"after/{step}/"
        for kind in ("", "biased_"):
            name = kind + place + row.reference
            if name in trace:
                floor = Floor() if kind else sides.floor(name, take, before)
                yield Array(kind + place + self.name_of(row), take(trace[name]), before, floor)
        for phase in trace.phases(step):
            name = f"gradient/{step}/{phase}/"
            if name + row.reference in trace:
                value = row.transform.change(trace[name + row.reference])
                if step != sides.first_step:  # of which only whether it vanishes is asked
                    value = np.abs(sketch.of(value)).max(initial=0)
                yield Array(name + self.name_of(row), np.asarray(value), floor=sides.floor(
                    name + row.reference, row.transform.change))

    def _of_slot(self, sides, step, slot, before):
        held = self._held(sides.reference, step, slot)
        return Array(f"after/{step}/{self.name_of_slot(slot)}",
                     held(sides.reference[f"after/{step}/{slot.reference}"]), before,
                     state.floor(sides, step, slot, held, before))

    def sides(self, reference, port, steps):
        """The `Sides` of a reference that is laid out as the port is, as far as it is there."""
        def there(name):
            return f"after/{steps[0]}/{name}" in reference
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
        """Port paths, and names of slots, of which a reference that is laid out has no array."""
        return [path for path, name in [
            *((row.port, self.name_of(row)) for row in self.rows),
            *((f"{slot.port}@{slot.role}", self.name_of_slot(slot)) for slot in self.slots),
            *((row.name, row.reference) for row in self.own)]
                if f"after/{step}/{name}" not in reference]


def _called(name, said):
    return f"{name} ({said})" if said else name
