"""A state of TensorFlow 1, from a checkpoint, as a trace in which a step starts from it."""

import numpy as np

from parity.pair import counting
from parity.pair import given
from parity.pair import joins

# The number of that step.
STEP = 0


class States:
    """States of a pair, as the traces that `parity.pair.given` and `checkpoints` read.

    Args:
      found: the `parity.pair.mapping.Mapping`.
      template: the trace of the reference's first step, which has every variable's shape and type,
        how counters grow in a step, and what is updated in it.
    """

    def __init__(self, found, template):
        self.found, self._template = found, template
        start = f"before/{STEP}/"
        self.variables = {name[len(start):]: name for name in template if name.startswith(start)}

    def like(self, variable):
        """An array of a variable's shape and type."""
        return self._template[self.variables[variable]]

    def trace(self, values=None, rates=None):
        """The trace of a step from a state.

        Args:
          values: `{variable: array}`; if not given, the template's.
          rates: `{number of the port's optimiser: learning rate of its next update}`, which a
            momentum of Keras's holds.
        """
        values = {name: self.like(name) for name in self.variables} if values is None else values
        entries = {f"before/{STEP}/{name}": value for name, value in values.items()}
        entries.update((f"after/{STEP}/{name}", value + self._growth(name))
                       for name, value in values.items() if self._counts(name))
        entries.update((name, self._template[name]) for name in self._template
                       if name.startswith(f"rate/{STEP}/"))
        for row in self.found.variables.rows:
            rate = (rates or {}).get(self.found.optimizers.get(row.port))
            if rate is not None:
                entries.update((f"last_rate/{STEP}/0/{part}", np.float64(rate))
                               for part in self.found.joins.get(row.reference, [row.reference]))
        return joins.Trace(entries, self.found.joins)

    def _counts(self, name):
        return name in self.variables and self.like(name).dtype.kind == "i" and (
            self.like(name).shape == ())

    def _growth(self, name):
        after = self._template.get(f"after/{STEP}/{name}")
        return 0 if after is None else after - self.like(name)

    def taken(self, values, rates=None):
        """`{place: array}` of what the port holds of a state, `{variable: array}`, in its layout.

        Where nothing tells how many updates an optimiser made, its counter is left out. So is a
        momentum that holds a rate which is 0.
        """
        trace, found = self.trace(values, rates), self.among(values)
        untold = {f"iterations/{STEP}/{number}" for number in set(found.optimizers.values())
                  if counting.updates(trace, found, STEP, number) is None}
        found = found._replace(slots=[slot for slot in found.slots if not (
            slot.holds_rate and trace.rate(STEP, slot.variable, last=True) == 0)])
        return {name: value for name, value in given.arrays(trace, found, [STEP])
                if name not in untold}

    def counted(self, values):
        """`{place: number}` of the updates that a state tells, `{variable: array}`."""
        return {name: value for name, value in self.taken(values).items()
                if name.startswith("iterations/")}

    def among(self, names):
        """The `Mapping` of those of the reference's variables that are among `names`."""
        found = self.found

        def there(name):
            return all(part in names for part in found.joins.get(name, [name]))
        updates = [dict(update, counter=update.get("counter") if there(update.get("counter"))
                        else None, slots={role: name for role, name in update["slots"].items()
                                          if there(name)})
                   for update in found.reference["updates"]]
        reference = dict(found.reference, updates=updates, variables=[
            entry for entry in found.reference["variables"] if there(entry["name"])])
        rows = [row for row in found.variables.rows if there(row.reference)]
        return found._replace(
            reference=reference, variables=found.variables._replace(rows=rows),
            slots=[slot for slot in found.slots
                   if there(slot.reference) and there(slot.variable)],
            own=[row for row in found.own if there(row.reference)])
