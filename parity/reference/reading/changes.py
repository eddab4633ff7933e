"""Changes of a gradient on its way to the optimiser, and their words."""

from typing import NamedTuple, Tuple

from parity.reference.reading import tensors


class Change(NamedTuple):
    """A change of a gradient on its way to the optimiser.

    Attributes:
      kind: "clip by global norm", "clip by norm", "clip by average norm", "clip by value",
        "scaled", "weight decay", "gathered", "averaged", "summed" or "other".
      numbers: bounds, factors or rates: one, or of a clip by value (lowest, highest).
      detail: the tensor, variable or operations that the kind refers to, or "".
    """
    kind: str
    numbers: Tuple[float, ...] = ()
    detail: str = ""


def words(change):
    """A change in words: "clipped by global norm to 2.0"."""
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
