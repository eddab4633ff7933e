"""A view of a trace in which the state after a step is the state before the next one."""

import collections.abc


class NextStep(collections.abc.Mapping):
    """Arrays after step n of a trace under the names of the start of step n + 1.

    Args:
      trace: mapping from names, "<part>/<step>/...", to arrays.
      step: number n of the step.
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
