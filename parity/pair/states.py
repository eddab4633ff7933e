"""States of TensorFlow 1, from checkpoints, as traces in which one step starts from them."""

import numpy as np

from parity.common import keys
from parity.pair import counting
from parity.pair import joins
from parity.pair import port_inputs

# Number of that step.
STEP = 0


class States:
    """Makes traces of a pair's states, which `parity.pair.port_inputs` and `checkpoints` read.

    Args:
      found: the `parity.pair.mapping.Mapping`.
      template: trace of the reference's first step: it has the shape and type of every variable,
        the growth of counters, and the updates.
    """

    def __init__(self, found, template):
        self.found, self._template = found, template
        start = keys.prefix("before", STEP)
        self.variables = {name[len(start):]: name for name in template if name.startswith(start)}

    def like(self, variable):
        """Array of a variable's shape and type."""
        return self._template[self.variables[variable]]

    def trace(self, values=None, rates=None):
        """Trace of a step from a state.

        Args:
          values: `{variable: array}`; the template's if None.
          rates: `{number of the port's optimiser: learning rate of its next update}`, which the
            momentum of Keras's SGD contains.
        """
        values = {name: self.like(name) for name in self.variables} if values is None else values
        entries = {keys.before(STEP, name): value for name, value in values.items()}
        entries.update((keys.after(STEP, name), value + self._growth(name))
                       for name, value in values.items() if self._counts(name))
        entries.update((name, self._template[name]) for name in self._template
                       if name.startswith(keys.prefix("rate", STEP)))
        for row in self.found.variables.rows:
            rate = (rates or {}).get(self.found.optimizers.get(row.port))
            if rate is not None:
                entries.update((keys.last_rate(STEP, 0, part), np.float64(rate))
                               for part in self.found.joins.get(row.reference, [row.reference]))
        return joins.Trace(entries, self.found.joins)

    def _counts(self, name):
        return name in self.variables and self.like(name).dtype.kind == "i" and (
            self.like(name).shape == ())

    def _growth(self, name):
        after = self._template.get(keys.after(STEP, name))
        return 0 if after is None else after - self.like(name)

    def taken(self, values, rates=None):
        """Converts a state, `{variable: array}`, to the port's layout, `{place: array}`.

        The counter of an optimiser whose number of updates nothing tells is left out. So is a
        momentum that contains a rate of 0.
        """
        trace, found = self.trace(values, rates), self.among(values)
        untold = {keys.iterations(STEP, number) for number in set(found.optimizers.values())
                  if counting.updates(trace, found, STEP, number) is None}
        found = found._replace(slots=[slot for slot in found.slots if not (
            slot.holds_rate and trace.rate(STEP, slot.variable, last=True) == 0)])
        return {name: value for name, value in port_inputs.arrays(trace, found, [STEP])
                if name not in untold}

    def counted(self, values):
        """`{place: number of updates}` of optimisers, from a state, `{variable: array}`."""
        return {name: value for name, value in self.taken(values).items()
                if name.startswith("iterations/")}

    def among(self, names):
        """`Mapping` restricted to the reference's variables that are among `names`."""
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
