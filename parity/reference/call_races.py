"""Races of a captured program's calls, and the operations that each kind of call runs."""

import functools
from typing import Dict, FrozenSet, List, NamedTuple

from parity.reference import orders
from parity.reference import races
from parity.reference import watched
from parity.reference.reading import structure


class Found(NamedTuple):
    """Races of all calls.

    Attributes:
      races: sorted `parity.reference.races.Race`s outside of loops.
      in_loops: those that cannot be ordered.
      ran: `{kind of call: names of the operations that it runs}`.
    """

    races: List[races.Race]
    in_loops: List[races.Race]
    ran: Dict[tuple, FrozenSet[str]]


def kind(call):
    """What is the same in all calls that run the same operations."""
    return tuple(call.targets), tuple(call.fetches), tuple(sorted(call.feeds + call.stateful))


@functools.lru_cache(maxsize=8)
def of(captured):
    """`Found` of a `parity.reference.captured.Captured`."""
    graph, watches = structure.of(captured), watched.Watched(captured)
    fetched = {kind(call): call for call in captured.calls}
    fetched = {key: _fetched(graph, watches, call) for key, call in fetched.items()}
    found = sorted({race for fetches, fed in fetched.values() for race in races.find(fetches, fed)})
    ordered = orders.outside_of_loops(found, graph.graph)
    return Found(ordered, sorted(set(found).difference(ordered)), {
        key: frozenset(op.name for op in races.upstream(fetches, fed))
        for key, (fetches, fed) in fetched.items()})


def left_out(captured, order):
    """`{kind of call: operations that it does not run, and for which others of it would wait}`.

    Args:
      captured: a `parity.reference.captured.Captured`.
      order: a `parity.reference.orders.Order`.
    """
    if not order.edges:
        return {}
    return {key: frozenset(edge.first for edge in order.edges
                           if edge.second in names and edge.first not in names)
            for key, names in of(captured).ran.items()}


def _fetched(graph, watches, call):
    """(operations and tensors that a call runs, names of the tensors that it is fed)."""
    fed = frozenset(graph.tensor(name).name for name in call.feeds + call.stateful)
    operations = [graph.graph.get_operation_by_name(name) for name in call.targets + call.behind
                  if name not in graph.captured.inputs]
    looked_at = watches.of(call).losses if call.role == "train" else []
    tensors = [graph.tensor(name) for name in list(call.fetches) + looked_at]
    return operations + [tensor for tensor in tensors if tensor.name not in fed], fed
