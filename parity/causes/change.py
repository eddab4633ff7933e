"""A change of the reference that would explain a port."""

from typing import Callable, NamedTuple, Optional, Tuple


class Change(NamedTuple):
    """A change of the reference, tried as the cause of a difference.

    Attributes:
      name: the name of the catalogue's entry.
      sentence: the fault of the port, if this is the cause.
      write: the line of Keras that mends it.
      edits: functions of a GraphDef that return the edited one.
      recompute: True where the edits change the forward pass, so that gradients are computed again.
      finish: function of `{name: array}` before and after the step that returns `{name: array}` of
        the variables that the step leaves with another value; or None.
      declared: True where the port's own configuration says that this is the cause.
      order: groups of positions in the step's calls, each of which is run from the start of the
        step; () for one group, in the reference's order.
      only: position of the one call of the step that the edits change; None where they change all.
      around: edits of every call of the step, beside those of the one that `only` names.
    """

    name: str
    sentence: str
    write: str
    edits: Tuple[Callable, ...] = ()
    recompute: bool = False
    finish: Optional[Callable] = None
    declared: bool = False
    order: Tuple[Tuple[int, ...], ...] = ()
    only: Optional[int] = None
    around: Tuple[Callable, ...] = ()


class Family(NamedTuple):
    """Changes of one number to any other.

    Attributes:
      present: the reference's number.
      change: function of another number that returns the `Change` to it.
    """

    present: float
    change: Callable[[float], Change]


class Entry(NamedTuple):
    """An entry of the catalogue.

    Attributes:
      name: its name, which its changes have, too.
      rungs: the rungs at which a port with this cause can first differ.
      tried: the changes in words, for the document.
      changes: function of a `place.Place` that yields `Change`s.
      write: the code of Keras in general, for the document.
      families: function of a `place.Place` that yields `Family`s, or None.
    """

    name: str
    rungs: Tuple[int, ...]
    tried: str
    changes: Callable
    write: str
    families: Optional[Callable] = None


def number(value):
    """A number as Python writes it, in at most seven digits: 0.2, 1e-07, 128."""
    return "{:.7g}".format(float(value))
