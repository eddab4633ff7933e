"""Values of a captured program that depend on the order of racing accesses."""

from parity import capture
from parity.reference import races
from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates


def names(captured, found):
    """Names of the variables and fetched tensors that may come out otherwise in another order.

    Args:
      captured: a `parity.reference.captured.Captured`.
      found: the `Race`s of its calls.
    """
    graph = structure.of(captured)
    writes = races.writes_of(graph.graph.get_operations())
    raced = {race.variable for race in found if race.writes_too}
    values = _Values({race.other for race in found if not race.writes_too}, raced)
    grown = True
    while grown:
        more = {name for op in writes if values.depend(op) for name in _written(captured, op)}
        grown = not more <= raced
        raced |= more
    return raced.union(name for call in captured.calls for name in call.fetches
                       if ":" in name and values.depend(graph.tensor(name).op))


class _Values(object):
    """Values of operations.

    Args:
      reads: names of the reads that race.
      raced: names of the variables that come out otherwise, a set that may grow.
    """

    def __init__(self, reads, raced):
        self._reads, self._raced = reads, raced

    def depend(self, op):
        """True where an operation is computed from a racing read, or from what such a one made."""
        return bool(self._reads or self._raced) and any(
            each.name in self._reads or self._is_made(each) for each in tensors.behind([op]))

    def _is_made(self, op):
        """True of a read of a raced variable that comes after one of its writes."""
        read = {variable for variable in races.read_variables(op) if variable.name in self._raced}
        return bool(read) and any(read.intersection(capture.written_variables(each))
                                  for each in tensors.behind([op], controls=True))


def _written(captured, op):
    """Names of the variables and slots that an operation writes."""
    found = [variable.name for variable in capture.written_variables(op)]
    return found + [slot for update in updates.read(captured) if update.operation == op.name
                    for slot in update.slots.values()]
