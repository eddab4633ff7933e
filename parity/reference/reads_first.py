"""Orders reads before the writes that they race with, as a port's step does.

`session.run([train_op, loss])` does not say which comes first. A part of the loss that no gradient
needs, as the value of an L2 penalty, may be computed from a variable before or after its update.
So may a learning rate from a counter that the same call raises by an `assign` of its own; and where
gradients come from `tf.gradients`, those of lower layers from weights that are already updated.
"""

import functools
from typing import List, NamedTuple, Set

from parity.reference import orders
from parity.reference import races
from parity.reference import watched
from parity.reference.reading import structure


@functools.lru_cache(maxsize=8)
def order(captured):
    """`parity.reference.orders.Order` in which what races with a write of a variable reads first.

    Two writes are made in the order of the graph. Where the graph forbids all that, only fetched
    values and counters are read first.
    """
    graph, (found, ran) = structure.of(captured), _races(captured)
    for some in (found, [race for race in found if not race.writes_too and (
            not race.trains or _is_counter(captured, race.variable))]):
        edges = orders.reads_first(some, graph.graph)
        # A call that runs the update without the loss may not feed the inputs of the loss.
        edges = tuple(sorted({edge for edge in edges if all(
            edge.first in names for names in ran if edge.second in names)}))
        if not _has_circle(graph, edges):
            return orders.Order("reads first", edges) if edges else orders.AS_CHOSEN
    return orders.AS_CHOSEN


def variables(captured):
    """Sorted names of the variables that an update reads and that a call writes, in no order."""
    edges = {(edge.first, edge.second) for edge in order(captured).edges}
    return sorted({race.variable for race in _races(captured).found if race.trains
                   and not race.writes_too and (race.other, race.write) in edges})


class _Found(NamedTuple):
    """The `Race`s outside of loops, and the names of the operations of each kind of call."""

    found: List[object]
    ran: List[Set[str]]


@functools.lru_cache(maxsize=8)
def _races(captured):
    graph, watches = structure.of(captured), watched.Watched(captured)
    kinds = list({(tuple(call.targets), tuple(call.fetches)): call
                  for call in captured.calls}.values())
    ran = [_fetched(graph, watches, call) for call in kinds]
    found = {race for fetches, fed in ran for race in races.find(fetches, fed)}
    return _Found(orders.outside_of_loops(sorted(found), graph.graph),
                  [{op.name for op in races.upstream(fetches, fed)} for fetches, fed in ran])


def _has_circle(graph, edges):
    """True where operations would wait for each other."""
    later = {}
    for edge in edges:
        later.setdefault(edge.second, []).append(graph.graph.get_operation_by_name(edge.first))
    done, path, waiting = set(), set(), [(graph.graph.get_operation_by_name(each), False)
                                         for each in later]
    while waiting:
        op, is_left = waiting.pop()
        if is_left:
            path.discard(op)
            done.add(op)
        elif op in path:
            return True
        elif op not in done:
            path.add(op)
            waiting.append((op, True))
            before = [given.op for given in op.inputs] + list(op.control_inputs)
            waiting.extend((each, False) for each in before + later.get(op.name, [])
                           if each not in done)
    return False


def _is_counter(captured, variable):
    """True of a single number that no optimiser trains, as a count of steps."""
    entry = captured.variables.get(variable)
    return bool(entry) and entry["shape"] == [] and not entry["trainable"]


def _fetched(graph, watches, call):
    """(operations and tensors that a call runs, names of the tensors that it is fed)."""
    fed = frozenset(graph.tensor(name).name for name in call.feeds + call.stateful)
    operations = [graph.graph.get_operation_by_name(name) for name in call.targets + call.behind
                  if name not in graph.captured.inputs]
    looked_at = watches.of(call).losses if call.role == "train" else []
    tensors = [graph.tensor(name) for name in list(call.fetches) + looked_at]
    return operations + [tensor for tensor in tensors if tensor.name not in fed], fed
