"""Losses that are computed before the update that they race with.

`session.run([train_op, loss])` says not which comes first. What no gradient needs of a loss, as the
value of an L2 penalty, may be computed from a variable before or after its update; a port computes
it before.
"""

import functools

from parity.reference import loops
from parity.reference import orders
from parity.reference import races
from parity.reference import watched
from parity.reference.reading import structure


@functools.lru_cache(maxsize=8)
def order(captured):
    """The `parity.reference.orders.Order` in which what is only fetched is read first."""
    graph, watches = structure.of(captured), watched.Watched(captured)
    kinds = list({(tuple(call.targets), tuple(call.fetches)): call
                  for call in captured.calls}.values())
    ran = [_fetched(graph, watches, call) for call in kinds]
    inside, edges = loops.inside(graph.graph), set()
    for fetches, fed in ran:
        for race in races.find(fetches, fed):
            if not race.writes_too and not race.trains and not inside & {race.write, race.other}:
                edges.add((race.variable, race.other, race.write))
    everything = [{op.name for op in races.upstream(fetches, fed)} for fetches, fed in ran]
    # A call that makes the update without the loss may not be fed what the loss needs.
    edges = sorted(edge for edge in edges if all(edge[1] in names for names in everything
                                                 if edge[2] in names))
    return orders.Order("losses before updates", tuple(edges)) if edges else orders.AS_CHOSEN


def _fetched(graph, watches, call):
    """(operations and tensors that are run in a call, names of those that it is fed)."""
    fed = frozenset(graph.tensor(name).name for name in call.feeds + call.stateful)
    operations = [graph.graph.get_operation_by_name(name) for name in call.targets + call.behind
                  if name not in graph.captured.inputs]
    looked_at = watches.of(call).losses if call.role == "train" else []
    tensors = [graph.tensor(name) for name in list(call.fetches) + looked_at]
    return operations + [tensor for tensor in tensors if tensor.name not in fed], fed
