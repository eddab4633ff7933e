"""Finds an order of racing accesses to variables that reproduces the capture."""

import functools
import itertools
import typing

from parity.reference import loops

# Largest number of writes of one variable of which every order is tried: six of three.
MOST_WRITES = 3


class Edge(typing.NamedTuple):
    """Two operations on a variable, of which the first has to run first; all by names."""

    variable: str
    first: str
    second: str


class Order(typing.NamedTuple):
    """An order of racing accesses.

    Attributes:
      name: its name in reports.
      edges: tuple of `Edge`s.
      as_read: True to feed scalar variables with the values that were read in the capture.
    """

    name: str
    edges: tuple = ()
    as_read: bool = False


def candidates(races, graph):
    """List of the `Order`s to try for some `Race`s of a graph."""
    races, made_first = outside_of_loops(races, graph), _made_first(graph)

    def edges(first):
        return _edges(races, first)
    plain = [
        Order("reads before writes", edges(lambda race: race.writes_too and made_first(race))),
        Order("writes before reads", edges(lambda race: not race.writes_too or made_first(race))),
        Order("as they were made", edges(made_first)),
        Order("last made first", edges(lambda race: not made_first(race)))]
    plain += [Order("one write after the other", each) for each in in_turn(races, graph)]
    return _both(order for order in _unlike(plain) if order.edges) + _both([AS_CHOSEN])


def outside_of_loops(races, graph):
    """The `Race`s that can be ordered, a list."""
    inside = loops.inside(graph)
    return [race for race in races if not inside & {race.write, race.other}]


def in_turn(races, graph, stays_first=lambda race: False):
    """Yields tuples of `Edge`s by which writes of a variable come one after the other.

    A read that only later writes need comes after the earlier ones, as in layers that are called in
    turn; all others come before any write. The order in which the graph made the writes comes
    first; then each other order of up to three writes, and the reverse of more.

    Args:
      races: `Race`s outside of loops.
      graph: their graph.
      stays_first: function (`Race`), true of a read that comes before any write all the same.
    """
    ranks = _ranks(races, graph)
    most = max([len(of_variable) for of_variable in ranks.values()], default=1)
    numbers = range(most)
    turns = itertools.permutations(numbers) if most <= MOST_WRITES else (
        tuple(numbers), tuple(reversed(numbers)))
    for turn in turns:
        yield _edges(races, functools.partial(_comes_first, ranks, turn, stays_first))


def _ranks(races, graph):
    """`{variable: {write: its place among those in no order}}`, as the graph made them."""
    place = {op.name: number for number, op in enumerate(graph.get_operations())}
    writes = {}
    for race in races:
        if race.writes_too:
            writes.setdefault(race.variable, set()).update((race.write, race.other))
    return {variable: {name: rank for rank, name in enumerate(sorted(names, key=place.get))}
            for variable, names in writes.items()}


def _comes_first(ranks, turn, stays_first, race):
    """True where the write of a `Race` comes before the other operation."""
    ranks = ranks.get(race.variable, {})

    def when(name):
        return turn.index(ranks[name]) if name in ranks else -1
    if race.writes_too:
        return when(race.write) < when(race.other)
    earliest = min(map(when, race.leads_to), default=-1)
    return earliest > when(race.write) and not stays_first(race)


def _made_first(graph):
    """Function of a `Race` that is true where its write was made before the other operation."""
    place = {op.name: number for number, op in enumerate(graph.get_operations())}
    return lambda race: place[race.write] < place[race.other]


def _edges(races, is_write_first):
    return tuple(Edge(race.variable, race.write, race.other) if is_write_first(race) else
                 Edge(race.variable, race.other, race.write) for race in races)


AS_CHOSEN = Order("as the session chose")


def _unlike(orders):
    """`Order`s without those whose edges an earlier one has."""
    found = {}
    for order in orders:
        found.setdefault(frozenset(order.edges), order)
    return list(found.values())


def _both(settled):
    """Orders, then the same orders with scalar variables fed as they were read."""
    settled = list(settled)
    return settled + [Order(order.name + ", single numbers as they were read", order.edges, True)
                      for order in settled]


def settled(races, graph, scores_of):
    """`Order` that brings the replay nearest to the capture.

    Args:
      races: the `parity.reference.races.Race`s of its calls.
      graph: the replayed graph.
      scores_of: function (Order) -> `{variable: score}`; the score grows with the variable's error,
        and is `inf` for all where the order cannot be run.

    Returns:
      An `Order`, in which each variable's races may be ordered in another way. No order at all is
      chosen only where none reproduces the capture, since a session may choose otherwise next time.
    """
    tried = [(order, scores_of(order)) for order in candidates(races, graph)]
    edges = []
    for variable in sorted({race.variable for race in races}):
        order = _nearest((order, scores.get(variable, 0.0)) for order, scores in tried)
        edges.extend(edge for edge in order.edges if edge.variable == variable)
    mixed = [Order("each variable in an order of its own", tuple(edges))] if edges else []
    tried += [(order, scores_of(order)) for order in _both(mixed)]
    return _nearest((order, max(scores.values())) for order, scores in tried)


def _nearest(scored):
    """Order of the lowest score; real orders within rounding, a score of 1, come first."""
    def lies(pair):
        order, score = pair
        return score > 1.0 or order is AS_CHOSEN, score
    return min(scored, key=lies)[0]
