"""Orders losses before the updates that they race with.

`session.run([train_op, loss])` does not say which comes first. A part of the loss that no gradient
needs, as the value of an L2 penalty, may be computed from a variable before or after its update; a
port computes it before.
"""

import functools

from parity.reference import loops
from parity.reference import orders
from parity.reference import races
from parity.reference import watched
from parity.reference.reading import structure


@functools.lru_cache(maxsize=8)
def order(captured):
    """`parity.reference.orders.Order` in which values that are only fetched are read first."""
    graph, watches = structure.of(captured), watched.Watched(captured)
    kinds = list({(tuple(call.targets), tuple(call.fetches)): call
                  for call in captured.calls}.values())
    ran = [_fetched(graph, watches, call) for call in kinds]
    inside, edges = loops.inside(graph.graph), set()
    for fetches, fed in ran:
        for race in races.find(fetches, fed):
            if not race.writes_too and not race.trains and not inside & {race.write, race.other}:
                edges.add(orders.Edge(race.variable, race.other, race.write))
    everything = [{op.name for op in races.upstream(fetches, fed)} for fetches, fed in ran]
    # A call that runs the update without the loss may not feed the inputs of the loss.
    edges = sorted(edge for edge in edges if all(edge.first in names for names in everything
                                                 if edge.second in names))
    return orders.Order("losses before updates", tuple(edges)) if edges else orders.AS_CHOSEN


def _fetched(graph, watches, call):
    """(operations and tensors that a call runs, names of the tensors that it is fed)."""
    fed = frozenset(graph.tensor(name).name for name in call.feeds + call.stateful)
    operations = [graph.graph.get_operation_by_name(name) for name in call.targets + call.behind
                  if name not in graph.captured.inputs]
    looked_at = watches.of(call).losses if call.role == "train" else []
    tensors = [graph.tensor(name) for name in list(call.fetches) + looked_at]
    return operations + [tensor for tensor in tensors if tensor.name not in fed], fed
