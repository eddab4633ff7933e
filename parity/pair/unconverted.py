"""Reasons why parts of a state were not converted to the other side."""

from typing import NamedTuple

from parity.pair import bookkeeping
from parity.pair.states import STEP


class Unconverted(NamedTuple):
    """A variable that was not converted: its name, the reason, True if the model needs it."""

    name: str
    why: str
    needed: bool


def of_reference(found, names, variables):
    """List of `Unconverted`s of variables of TensorFlow 1.

    Args:
      found: the `Mapping`.
      names: names of the variables that were not converted.
      variables: names of all variables of the captured program.
    """
    needed = {part for row in found.variables.rows
              for part in found.joins.get(row.reference, [row.reference])}
    needed |= {entry["name"] for entry in found.variables.lacks_trained() if "name" in entry}
    entries = {entry["name"]: entry for entry in found.reference["variables"]}
    slots = {part for update in found.reference["updates"] for name in update["slots"].values()
             for part in found.joins.get(name, [name])}

    def why(name):
        if name not in variables:
            return "no variable of the captured program"
        if name in slots:
            return "nothing of the port's optimiser stands for it"
        word = bookkeeping.word(entries[name], list(entries.values())) if name in entries else ""
        return word or "nothing of the port stands for it"
    return [Unconverted(name, why(name), name in needed) for name in names]


def of_port(found, places, lost, why, why_counts):
    """Yields `Unconverted`s of the port's arrays.

    Args:
      found: the `Mapping`.
      places: names of the arrays that were not converted.
      lost: those of them that its weights file does not hold.
      why: reason for the others; why_counts: reason for numbers of updates.
    """
    needed = {row.port for row in found.variables.rows}
    needed |= {entry["path"] for entry in found.variables.lacks_trained() if "path" in entry}
    for place in places:
        kind, _, rest = place.partition(f"/{STEP}/")
        said = why_counts if kind == "iterations" else why
        yield Unconverted(
            _shown(kind, rest), "its file does not hold it" if place in lost else said,
            kind == "state" and rest in needed)


def _shown(kind, rest):
    """Name of an array of the port in reports."""
    if kind == "state":
        return rest
    number, _, name = rest.partition("/")
    if kind == "iterations":
        return f"updates of optimiser {int(number) + 1}"
    path, _, role = name.rpartition("/")
    return f"{role} of {path}" if kind == "slot" else f"{name} of optimiser {int(number) + 1}"
