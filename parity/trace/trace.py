"""The trace of one side: its arrays, looked up by name, by part and by phase."""

import collections.abc


class Trace(collections.abc.Mapping):
    """The arrays of one side in one precision, a mapping from names, "<part>/<step>/...".

    Args:
      arrays: mapping from names to arrays; those of a file are read when they are looked up, and
        not kept.
      header: the dict of a trace file's header, or None.
    """

    def __init__(self, arrays, header=None):
        self._arrays, self.header = arrays, header
        self._index = None

    @classmethod
    def of(cls, arrays):
        """Wraps a mapping into a `Trace`, unless it is one."""
        return arrays if isinstance(arrays, Trace) else cls(arrays)

    def __getitem__(self, name):
        return self._arrays[name]

    def __contains__(self, name):
        return name in self._arrays

    def __iter__(self):
        return iter(self._arrays)

    def __len__(self):
        return len(self._arrays)

    def part(self, part, step):
        """`{rest of the name: name}` of the arrays of a part in a step, in their order.

        Args:
          part: the first part of the names, as "gradient".
          step: number of the step.
        """
        if self._index is None:
            self._index = {}
            for name in self:
                which, _, rest = name.partition("/")
                number, _, rest = rest.partition("/")
                self._index.setdefault((which, number), {})[rest] = name
        return self._index.get((part, str(step)), {})

    def by_phase(self, part, step):
        """Yields (phase, tensor, name) of the arrays "<part>/<step>/<phase>/<tensor>"."""
        for rest, name in self.part(part, step).items():
            phase, _, tensor = rest.partition("/")
            yield int(phase), tensor, name

    def rate(self, step, variable, last=False):
        """The learning rate of a variable's update at a step; 1.0 where the trace holds none.

        Args:
          step: number of the step.
          variable: name of the variable.
          last: True for the rate of the step before, where it is known; Keras's momentum holds it.
        """
        for part in ["last_rate", "rate"] if last else ["rate"]:
            for _, tensor, name in self.by_phase(part, step):
                if tensor == variable:
                    return float(self[name])
        return 1.0

    def phases(self, step):
        """Numbers of the phases of a step that train, in order."""
        return sorted({phase for phase, _, _ in self.by_phase("gradient", step)})
