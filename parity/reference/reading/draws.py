"""Random draws of training, with their distributions and purposes."""

from typing import List, NamedTuple

from parity.reference.reading import distributions
from parity.reference.reading import dropouts
from parity.reference.reading import structure
from parity.reference.reading import tensors


class Draw(NamedTuple):
    """A random operation that training calls run.

    Attributes:
      operation: its name, which is that of the capture's input.
      drawn: its `distributions.Drawn`.
      shape: shape of the numbers drawn in the first call.
      purpose: "dropout, keeps <share>", or "goes into".
      place: name of the dropout's input, or types and names of the operations that use it.
    """
    operation: str
    drawn: distributions.Drawn
    shape: List[int]
    purpose: str
    place: str


def read(captured):
    """List of the `Draw`s of a capture's training calls, without those of initial values."""
    graph = structure.of(captured)
    dropped = {dropout.random: dropout for dropout in dropouts.read(graph)}
    used = {name: call for call in reversed(captured.calls) for name in call.stateful}
    found = []
    for name, entry in captured.inputs.items():
        if entry["random"] and entry["tensor"] in used:
            op = graph.graph.get_operation_by_name(name)
            array = used[entry["tensor"]].drawn()[entry["tensor"]]
            drawn = distributions.behind(graph, distributions.scaled(graph, op))
            found.append(Draw(name, drawn or distributions.Drawn(entry["type"], {}),
                              list(array.shape), *_purpose(graph, op, dropped.get(name))))
    return sorted(found, key=lambda draw: graph.order(
        graph.graph.get_operation_by_name(draw.operation)))


def _purpose(graph, op, dropout):
    """(purpose, place) of a random operation."""
    if dropout:
        kept = "" if dropout.rate is None else ", keeps {}".format(
            tensors.number(distributions.rounded(1.0 - dropout.rate)))
        if dropout.source:
            kept += " in the first call, fed as {}".format(dropout.source)
        return "dropout" + kept, dropout.input.rpartition(":")[0]
    uses = [use for use in distributions.scaled(graph, op).consumers()
            if not graph.is_backward(use)]
    names = ["{} {}".format(use.type, use.name) for use in sorted(uses, key=graph.order)]
    return "goes into", ", ".join(names[:3]) or "nothing"
