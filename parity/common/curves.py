"""Curves of a free run, small enough for many steps."""

import numpy as np

from parity.common import keys


class Curves(object):
    """Losses of each step of a run, and up to 16 sampled entries of each weight."""

    def __init__(self):
        self._rows = {}

    def _append(self, name, value):
        self._rows.setdefault(name, []).append(value)

    def add(self, losses, weights):
        """Adds a step.

        Args:
          losses: `{phase: {name: loss}}` of the step.
          weights: `{name: array}` after it.
        """
        for phase, values in losses.items():
            for name, value in values.items():
                self._append("losses/{}/{}".format(phase, name), np.asarray(value))
        for name, value in weights.items():
            flat = np.ravel(value)
            chosen = np.linspace(0, flat.size - 1, min(16, flat.size)).astype(np.int64)
            self._append(keys.entries(name), flat[chosen])

    def arrays(self):
        """`{"losses/<phase>/<name>": [steps, ...], "entries/<weight>": [steps, entries]}`."""
        return {name: np.stack(rows) for name, rows in self._rows.items()}
