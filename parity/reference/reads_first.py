"""Orders reads before writes that they race with, where a port knows only this order.

`session.run([train_op, loss])` does not say which comes first. A part of the loss that no gradient
needs, as the value of an L2 penalty, may be computed from a variable before or after its update.
So may a learning rate from a counter that the same call raises by an `assign` of its own. A port
computes both before.
"""

import functools

from parity.reference import loops
from parity.reference import orders
from parity.reference import races
from parity.reference import watched
from parity.reference.reading import structure


@functools.lru_cache(maxsize=8)
def order(captured):
    """`parity.reference.orders.Order` in which fetched values and counters are read first."""
    graph, watches = structure.of(captured), watched.Watched(captured)
    kinds = list({(tuple(call.targets), tuple(call.fetches)): call
                  for call in captured.calls}.values())
    ran = [_fetched(graph, watches, call) for call in kinds]
    inside, edges = loops.inside(graph.graph), set()
    for fetches, fed in ran:
        for race in races.find(fetches, fed):
            read_first = not race.trains or _is_counter(captured, race.variable)
            if read_first and not race.writes_too and not inside & {race.write, race.other}:
                edges.add(orders.Edge(race.variable, race.other, race.write))
    everything = [{op.name for op in races.upstream(fetches, fed)} for fetches, fed in ran]
    # A call that runs the update without the loss may not feed the inputs of the loss.
    edges = sorted(edge for edge in edges if all(edge.first in names for names in everything
                                                 if edge.second in names))
    return orders.Order("reads first", tuple(edges)) if edges else orders.AS_CHOSEN


def counters(captured):
    """Sorted names of the counters that calls read and write in no order."""
    return sorted({edge.variable for edge in order(captured).edges
                   if _is_counter(captured, edge.variable)})


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
