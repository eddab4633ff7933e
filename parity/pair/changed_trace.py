"""A view of the reference's trace in which one step was computed by a changed graph."""

import collections.abc

import numpy as np

from parity.judge.sides import CONSTANTS

# Variants were computed from the unchanged graph; what the batch's own variance would give is of no
# use where another change was made.
_CONSTANTS = tuple(f"{variant}_" for variant in CONSTANTS)
_HIDDEN = ("biased_",)


class ChangedTrace(collections.abc.Mapping):
    """Arrays of the changed step where there are any, else the recorded ones.

    Measured rounding is kept from the recording: as a number, or, of an array that the step
    changed, as the distance of a variant from what was recorded, added to the changed array.

    Args:
      step: mapping from names to the arrays of the changed step.
      recorded: mapping from names to arrays of the unchanged reference.
    """

    def __init__(self, step, recorded):
        self._step = step
        self._recorded = recorded

    def __getitem__(self, name):
        if name in self._step:
            return self._step[name]
        plain = _plain(name)
        if plain not in self._step:
            return self._recorded[name]
        apart = self._recorded[name].astype(np.float64) - self._recorded[plain]
        return self._step[plain] + apart

    def __contains__(self, name):
        if name in self._step:
            return True
        if name.startswith(_HIDDEN) or name not in self._recorded:
            return False
        plain = _plain(name)
        return plain not in self._step or (
            self._step[plain].shape == self._recorded[plain].shape)

    def __iter__(self):
        return (name for name in self._recorded if name in self)

    def __len__(self):
        return sum(1 for _ in self)


def _plain(name):
    """The name of the array of which another is a variant; "" of any other name."""
    return name.partition("_")[2] if name.startswith(_CONSTANTS) else ""
