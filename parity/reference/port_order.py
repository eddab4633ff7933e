"""Orders racing accesses as a port's step makes them.

`session.run([train_op, loss])` does not say which comes first. A part of the loss that no gradient
needs, as the value of an L2 penalty, may be computed from a variable before or after its update.
So may a learning rate from a counter that the same call raises by an `assign` of its own; and where
gradients come from `tf.gradients`, those of lower layers from weights that are already updated. A
port reads first. Where batch norm sees two batches in a call, each moves the same averages: a port
calls its layers one after the other.
"""

import functools

from parity.reference import call_races
from parity.reference import orders
from parity.reference.reading import assignments
from parity.reference.reading import structure

_NAME = "as a port"
_turn = 0


def take(turn):
    """Chooses which of `all_of` a captured program `order` returns from here on; 0 is the first."""
    global _turn
    _turn = turn


def order(captured):
    """The chosen `parity.reference.orders.Order` of a `parity.reference.captured.Captured`."""
    found = all_of(captured)
    return found[min(_turn, len(found) - 1)]


@functools.lru_cache(maxsize=8)
def all_of(captured):
    """List of the `Order`s that a port may have, the likeliest first.

    Where the graph forbids all of them, only fetched values and counters are read first.
    """
    graph, races = structure.of(captured).graph, call_races.of(captured).races
    some = [race for race in races if not race.writes_too and (
        not race.trains or _is_counter(captured, race.variable))]
    for each in (list(_edges(captured, races, graph)), [_read_first(some)]):
        found = [orders.Order(_NAME, edges) for edges in dict.fromkeys(each)
                 if edges and not _has_circle(graph, edges)]
        if found:
            return found
    return [orders.AS_CHOSEN]


def _edges(captured, races, graph):
    """Yields tuples of edges, in each order of several writes of a variable.

    First all reads of weights come before any write, and each write of another variable has its own
    reads just before it; then each write of any variable; last, all reads come first. A variable
    that is set, and not added to, is never read early: what one of its writes computes from it
    would be lost by the next.
    """
    is_set = {race.variable for race in races if race.writes_too and any(
        graph.get_operation_by_name(name).type in assignments.SETTING
        for name in (race.write, race.other))}
    weights = set(captured.trainable) - is_set
    for stays_first in (lambda race: race.variable in weights, lambda race: False,
                        lambda race: race.variable not in is_set):
        for edges in orders.in_turn(races, graph, stays_first):
            yield tuple(sorted(edges))


def _read_first(races):
    return tuple(sorted(orders.Edge(race.variable, race.other, race.write) for race in races))


def read_first(captured):
    """Sorted names of variables that an update reads and that a call writes, in no order."""
    edges = {(edge.first, edge.second) for edge in order(captured).edges}
    twice = set(written_in_turn(captured))
    return sorted({race.variable for race in call_races.of(captured).races if race.trains
                   and not race.writes_too and race.variable not in twice
                   and (race.other, race.write) in edges})


def written_in_turn(captured):
    """Sorted names of variables whose writes in no order are made one after the other."""
    edges = {frozenset((edge.first, edge.second)) for edge in order(captured).edges}
    return sorted({race.variable for race in call_races.of(captured).races
                   if race.writes_too and frozenset((race.write, race.other)) in edges}
                  - set(unsettled(captured)))


def unsettled(captured):
    """Sorted names of variables whose writes in no order are not all tried in every order."""
    found, writes = call_races.of(captured), {}
    edges = {frozenset((edge.first, edge.second)) for edge in order(captured).edges}
    for race in found.races:
        if race.writes_too:
            writes.setdefault(race.variable, set()).update((race.write, race.other))
    return sorted({race.variable for race in found.in_loops if race.writes_too}.union(
        race.variable for race in found.races if race.writes_too and (
            frozenset((race.write, race.other)) not in edges
            or len(writes[race.variable]) > orders.MOST_WRITES)))


def _has_circle(graph, edges):
    """True where operations would wait for each other."""
    later = {}
    for edge in edges:
        later.setdefault(edge.second, []).append(graph.get_operation_by_name(edge.first))
    done, path, waiting = set(), set(), [(graph.get_operation_by_name(each), False)
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
