"""A change of the reference that would explain a port."""

from typing import Callable, NamedTuple, Optional, Tuple


class Change(NamedTuple):
    """A change of the reference, tried as the cause of a difference.

    Attributes:
      name: of the catalogue's entry.
      sentence: what the port does otherwise.
      write: the line of Keras that mends it.
      edits: functions of a GraphDef that return the edited one.
      again: whether the gradients follow from what is edited, and are computed again.
      finish: function of the states before and after the step that gives variables after it,
        or None.
      declared: whether the port's own configuration says that it does so.
      order: groups of places of the step's calls, or (): each group is run from the start of the
        step, in this order.
    """

    name: str
    sentence: str
    write: str
    edits: Tuple[Callable, ...] = ()
    again: bool = False
    finish: Optional[Callable] = None
    declared: bool = False
    order: Tuple[Tuple[int, ...], ...] = ()


class Family(NamedTuple):
    """Changes that differ in one number.

    Attributes:
      present: the number that the reference has.
      change: function of a number that gives the `Change` to it.
    """

    present: float
    change: Callable[[float], Change]


class Entry(NamedTuple):
    """An entry of the catalogue.

    Attributes:
      name: of the entry, as its changes have it.
      rungs: where a port that differs for this reason first differs.
      tried: what of the reference is changed, in words.
      changes: function of a `place.Place` that yields `Change`s.
      write: what stands in Keras instead, in general.
      families: function of a `place.Place` that yields `Family`s, whose number may be any, or None.
    """

    name: str
    rungs: Tuple[int, ...]
    tried: str
    changes: Callable
    write: str
    families: Optional[Callable] = None


def number(value):
    """A number as Python writes it, short: 0.2, 1e-07, 128."""
    return "{:.7g}".format(float(value))
