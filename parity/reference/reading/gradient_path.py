"""Walks a gradient from the optimiser back to the backward pass, and names its changes."""

from typing import List, NamedTuple

from parity.reference.reading import changes
from parity.reference.reading import clipping
from parity.reference.reading import tensors

# Operations with which optimisers add up the repeated rows of a sparse gradient.
_ROWS = ("UnsortedSegmentSum",)
_UNCHANGED = ("CheckNumerics", "EnsureShape", "Identity", "PreventGradient", "Snapshot") + _ROWS


class Path(NamedTuple):
    """Path of a gradient: its changes in order, and the tensors that the backward pass computed."""
    changes: List[changes.Change]
    computed: List[object]


def path(graph, tensor):
    """`Path` of a gradient that an optimiser is given.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: the gradient as given.
    """
    found_changes = []
    while not graph.is_backward(tensor.op):
        if tensor.op.type in _UNCHANGED and tensors.variable_of(tensor) is None:
            tensor = tensor.op.inputs[0]
            continue
        found = next(filter(None, (match(graph, tensor.op) for match in clipping.MATCHERS)), None)
        if found is None:
            ends = clipping.ends(graph, tensor)
            if len(ends) > 1 or (ends and ends[0].name != tensor.name):
                found_changes.append(changes.Change("other", (), _between(graph, tensor)))
            return Path(found_changes[::-1], ends or [tensor])
        change, tensor = found
        found_changes.append(change)
        if isinstance(tensor, list):
            return Path(found_changes[::-1], tensor)
    return Path(found_changes[::-1], [tensor])


def _between(graph, tensor):
    ops = tensors.ancestors([tensor], graph.is_backward)
    return ", ".join(sorted({op.type for op in ops if not graph.is_backward(op)} - {"Const"}))
