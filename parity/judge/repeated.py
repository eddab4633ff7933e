"""What differs from itself: run twice from one state on one batch, it gives two results.

Random numbers of a program's own, and what it keeps outside of its variables, make any difference
of two programs; none of them is rounding, and none proves a fault.
"""

from typing import NamedTuple

from parity.judge import differences

_UPDATE = 6


class Unrepeatable(NamedTuple):
    """Tensors that differ from themselves.

    Attributes:
      who: "the port" or "the reference".
      keys: of rows, see `_key`.
    """

    who: str
    keys: frozenset

    @classmethod
    def said(cls, header, who):
        """What the header of a trace says of it, in a list; an empty one where it says nothing."""
        keys = frozenset((rung, tensor) for rung, tensor in header.get("unrepeatable", ()))
        return [cls(who, keys)] if keys else []

    @property
    def note(self):
        """A sentence that says so."""
        return (f"{self.who} gives something else when it is run again from the same state on the "
                "same batch: it draws random numbers of its own, or keeps something outside of its "
                "variables")


def _key(row):
    """What a row has in common with its like in other steps and in the other precision."""
    return min(row.rung, _UPDATE), row.tensor


def unrepeatable(who, once, again):
    """The `Unrepeatable` of two lists of `parity.judge.compared.Compared`, or None.

    Args:
      who: which side was run again.
      once, again: rows of all compared steps; and of those that were run again, with the one side
        as it was and the other as it was the second time.
    """
    first = {(row.key, row.phase): row.difference for row in once}
    keys = frozenset(_key(row) for row in again
                     if first.get((row.key, row.phase)) != row.difference)
    return Unrepeatable(who, keys) if keys else None


def marked(rows, found):
    """Rows of which those that differ from themselves are inconclusive.

    Args:
      rows: `parity.judge.compared.Compared`.
      found: `Unrepeatable`s.
    """
    notes = {key: each.note for each in found for key in each.keys}
    return [row._replace(at_best=differences.INCONCLUSIVE, note=notes[_key(row)])
            if _key(row) in notes else row for row in rows]
