"""Changes of a gradient on its way to the optimiser."""

from typing import NamedTuple, Tuple

from parity.reference.reading import tensors


class Change(NamedTuple):
    """A change of a gradient on its way to the optimiser.

    Attributes:
      kind: "clip by global norm", "clip by norm", "clip by average norm", "clip by value",
        "scaled", "weight decay", "gathered", "averaged", "summed" or "other".
      numbers: one bound, factor or rate; of a clip by value (lowest, highest).
      detail: name of the tensor or variable, or types of the operations, or "".
    """
    kind: str
    numbers: Tuple[float, ...] = ()
    detail: str = ""


def words(change):
    """Description of a change: "clipped by global norm to 2.0"."""
    numbers = [tensors.number(value) for value in change.numbers]
    if change.kind == "clip by value":
        return "clipped by value to [{}, {}]".format(*numbers)
    if change.kind.startswith("clip"):
        return "clipped{} to {}".format(change.kind[len("clip"):], (numbers + ["?"])[0])
    return {
        "scaled": "multiplied by {}".format((numbers + [change.detail])[0]),
        "weight decay": "plus {} times the variable".format((numbers + ["?"])[0]),
        "gathered": "gathered over several calls",
        "averaged": "averaged over {} backward passes".format((numbers + ["?"])[0]),
        "summed": "summed over {} backward passes".format((numbers + ["?"])[0]),
        "other": "other operations: {}".format(change.detail)}[change.kind]
