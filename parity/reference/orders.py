"""Orders of racing accesses: which one reproduces what was captured."""

import typing

from parity.reference import loops

class Order(typing.NamedTuple):
    """A way to settle races.

    Attributes:
      name: what it is called in a report.
      edges: `((variable, first operation, second operation), ...)`.
      as_read: whether single numbers are fed as they were read where they were captured.
    """

    name: str
    edges: tuple = ()
    as_read: bool = False


def candidates(races, graph):
    """The orders that are tried: a `Order` each."""
    place = {op.name: number for number, op in enumerate(graph.get_operations())}
    inside = loops.inside(graph)
    races = [race for race in races if not inside & {race.write, race.other}]

    def edges(first):
        return tuple((race.variable,) + (
            (race.write, race.other) if first(race) else (race.other, race.write))
                     for race in races)

    def made_first(race):
        return place[race.write] < place[race.other]
    plain = [
        Order("reads before writes", edges(lambda race: race.writes_too and made_first(race))),
        Order("writes before reads", edges(lambda race: not race.writes_too or made_first(race))),
        Order("as they were made", edges(made_first)),
        Order("last made first", edges(lambda race: not made_first(race)))]
    return _both(order for order in plain if order.edges) + _both([AS_CHOSEN])


AS_CHOSEN = Order("as the session chose")


def _both(settled):
    """Orders, then the same ones with single numbers fed as they were read."""
    settled = list(settled)
    return settled + [Order(order.name + ", single numbers as they were read", order.edges, True)
                      for order in settled]


def ordered(order):
    """The edit of a GraphDef that adds an order's edges."""
    def edit(graph_def):
        waits = {}
        for _, first, second in order.edges:
            waits.setdefault(second, []).append("^" + first)
        for node in graph_def.node:
            node.input.extend(sorted(set(waits.get(node.name, ())) - set(node.input)))
        return graph_def
    return edit


def settled(races, graph, scores_of):
    """The order that brings the replay nearest to the capture.

    Args:
      races: the `parity.reference.races.Race`s of its calls.
      graph: the replayed graph.
      scores_of: function (Order) -> `{variable: score}`, a number that is larger the further the
        variable is off, `inf` for all where the order cannot be run.

    Returns:
      An `Order`, which may settle each variable's races in its own way. A session need not choose
      again what it chose once: its own choice stands only where no order reproduces the capture.
    """
    tried = [(order, scores_of(order)) for order in candidates(races, graph)]
    edges = []
    for variable in sorted({race.variable for race in races}):
        order = _nearest((order, scores.get(variable, 0.0)) for order, scores in tried)
        edges.extend(edge for edge in order.edges if edge[0] == variable)
    mixed = [Order("each variable in an order of its own", tuple(edges))] if edges else []
    tried += [(order, scores_of(order)) for order in _both(mixed)]
    return _nearest((order, max(scores.values())) for order, scores in tried)


def _nearest(scored):
    """The order of the lowest score; one that is settled first, if it is within rounding, 1."""
    def lies(pair):
        order, score = pair
        return score > 1.0 or order is AS_CHOSEN, score
    return min(scored, key=lies)[0]
