"""A trace after a step, seen as the start of the step that would follow."""

import collections.abc


class Afterwards(collections.abc.Mapping):
    """What a trace holds after a step, as the start of the next.

    Args:
      trace: mapping from names, "<part>/<step>/...", to arrays.
      step: the step.
    """

    _PARTS = {"after": "before", "rate": "last_rate", "input": "input", "gathered": "gathered"}

    def __init__(self, trace, step):
        self._trace, self._places = trace, {}
        for name in trace:
            part, at, rest = (name.split("/", 2) + ["", ""])[:3]
            if at == str(step) and part in self._PARTS:
                self._places[f"{self._PARTS[part]}/{step + 1}/{rest}"] = name

    def __getitem__(self, key):
        return self._trace[self._places[key]]

    def __iter__(self):
        return iter(self._places)

    def __len__(self):
        return len(self._places)
