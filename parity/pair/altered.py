"""A trace of the reference in which a step is that of a changed reference."""

import collections.abc

from parity.judge.sides import CONSTANTS

# What variants made of the reference as it is, says nothing of a changed one.
_OF_VARIANTS = tuple(f"{variant}_" for variant in CONSTANTS + ("biased",))


class Altered(collections.abc.Mapping):
    """The arrays of a step, before those that were recorded; measured rounding stays.

    Args:
      step: mapping from names to the arrays of the changed step.
      recorded: mapping from names to arrays of the reference.
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
