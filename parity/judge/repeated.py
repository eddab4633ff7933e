"""Unrepeatable tensors: run twice from one state on one batch, a side computes two values.

A program that draws random numbers of its own, or keeps state outside of its variables, can differ
from another by any amount; that is not rounding, and does not prove a fault.
"""

from typing import NamedTuple

from parity.common import rungs
from parity.judge import differences


class Unrepeatable(NamedTuple):
    """Tensors of one side that are not the same in a second run.

    Attributes:
      who: "the port" or "the reference".
      keys: {(rung, tensor)}, see `_key`.
    """

    who: str
    keys: frozenset

    @classmethod
    def said(cls, header, who):
        """A list of the `Unrepeatable` that the header of a trace holds; [] where it holds none."""
        keys = frozenset((rung, tensor) for rung, tensor in header.get("unrepeatable", ()))
        return [cls(who, keys)] if keys else []

    @property
    def note(self):
        """The remark on such a tensor in a report."""
        return (f"{self.who} gives something else when it is run again from the same state on the "
                "same batch: it draws random numbers of its own, or keeps something outside of its "
                "variables")


def _key(row):
    """(rung, tensor) of a `Compared`, the same in all steps and precisions.

    A step other than the first has its updates at a later rung, which counts as the first update.
    """
    return min(row.rung, rungs.UPDATE), row.tensor


def unrepeatable(who, once, again):
    """The `Unrepeatable` of a side that was run again, or None where all is the same.

    Args:
      who: the side that was run again, "the port" or "the reference".
      once: `parity.judge.compared.Compared`s of all compared steps.
      again: the same of the steps that were run again, against the other side's first run.
    """
    first = {(row.key, row.phase): row.difference for row in once}
    keys = frozenset(_key(row) for row in again
                     if first.get((row.key, row.phase)) != row.difference)
    return Unrepeatable(who, keys) if keys else None


def marked(rows, found):
    """Rows in which unrepeatable tensors are inconclusive at best, with the reason as a note.

    Args:
      rows: `parity.judge.compared.Compared`s.
      found: `Unrepeatable`s.
    """
    notes = {key: each.note for each in found for key in each.keys}
    return [row._replace(at_best=differences.INCONCLUSIVE, note=notes[_key(row)])
            if _key(row) in notes else row for row in rows]
