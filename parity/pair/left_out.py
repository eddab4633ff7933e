"""What of a state did not come along to the other side, in words."""

from typing import NamedTuple

from parity.pair import bookkeeping
from parity.pair.states import STEP


class Left(NamedTuple):
    """What did not come along: its name, why, and whether the model is another one without it."""

    name: str
    why: str
    needed: bool


def of_reference(found, names, variables):
    """`Left`s of variables of TensorFlow 1.

    Args:
      found: the `Mapping`.
      names: those that did not come along.
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
    return [Left(name, why(name), name in needed) for name in names]


def of_port(found, places, lost, why, why_counts):
    """`Left`s of what the port holds.

    Args:
      found: the `Mapping`.
      places: names of those of its arrays that did not come along.
      lost: those of them that its file of weights does not hold.
      why: what is said of the others; why_counts: of numbers of updates.
    """
    needed = {row.port for row in found.variables.rows}
    needed |= {entry["path"] for entry in found.variables.lacks_trained() if "path" in entry}
    for place in places:
        kind, _, rest = place.partition(f"/{STEP}/")
        said = why_counts if kind == "iterations" else why
        yield Left(_shown(kind, rest), "its file does not hold it" if place in lost else said,
                   kind == "state" and rest in needed)


def _shown(kind, rest):
    """An array of the port as the reports call it."""
    if kind == "state":
        return rest
    number, _, name = rest.partition("/")
    if kind == "iterations":
        return f"updates of optimiser {int(number) + 1}"
    path, _, role = name.rpartition("/")
    return f"{role} of {path}" if kind == "slot" else f"{name} of optimiser {int(number) + 1}"
