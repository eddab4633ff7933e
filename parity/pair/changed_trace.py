"""A view of the reference's trace in which one step was computed by a changed graph."""

import collections.abc

from parity.judge.sides import CONSTANTS

# Variants were computed from the unchanged graph, so they say nothing about a changed one.
_OF_VARIANTS = tuple(f"{variant}_" for variant in CONSTANTS + ("biased",))


class ChangedTrace(collections.abc.Mapping):
    """Arrays of the changed step where there are any, else the recorded ones.

    Measured rounding is kept from the recording; arrays of variants are hidden.

    Args:
      step: mapping from names to the arrays of the changed step.
      recorded: mapping from names to arrays of the unchanged reference.
    """

    def __init__(self, step, recorded):
        self._step = step
        self._recorded = recorded

    def __getitem__(self, name):
        return self._step[name] if name in self._step else self._recorded[name]

    def __contains__(self, name):
        return name in self._step or (
            not name.startswith(_OF_VARIANTS) and name in self._recorded)

    def __iter__(self):
        return (name for name in self._recorded if name in self)

    def __len__(self):
        return sum(1 for _ in self)
