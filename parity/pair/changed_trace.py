"""A view of the reference's trace in which one step was computed by a changed graph."""

import collections.abc

from parity.judge.sides import RECORDED

# What the batch's own variance would give is of no use where another change was made.
_HIDDEN = ("biased_",)


class ChangedTrace(collections.abc.Mapping):
    """Arrays of the changed step where there are any, else the recorded ones.

    Variants were computed from the unchanged graph: beside each stands, as "recorded_<name>", the
    array that it is a variant of, so that noise floors are those of the recording.

    Args:
      step: mapping from names to the arrays of the changed step.
      recorded: mapping from names to arrays of the unchanged reference.
    """

    def __init__(self, step, recorded):
        self._step = step
        self._recorded = recorded

    def __getitem__(self, name):
        if name.startswith(RECORDED):
            return self._recorded[name[len(RECORDED):]]
        return self._step[name] if name in self._step else self._recorded[name]

    def __contains__(self, name):
        if name.startswith(RECORDED):
            return name[len(RECORDED):] in self._recorded
        return name in self._step or (
            not name.startswith(_HIDDEN) and name in self._recorded)

    def __iter__(self):
        return (name for name in self._recorded if name in self)

    def __len__(self):
        return sum(1 for _ in self)
