"""The operations by which an optimiser updates its variables, and where they take its numbers."""

import re

from parity import capture
from parity.causes import rewiring
from parity.reference.reading import tensors

_NUMBER = re.compile(r"_\d+$")


class Applied(object):
    """The operations of one optimiser.

    Args:
      place: a `place.Place` of a variable that it updates.

    Attributes:
      updates: `parity.reference.reading.updates.Update`s.
      operations: names of their apply operations; an update of rows may have none.
      inputs: names of the first operation's inputs, in order.
      attributes: names of the operations' attributes.
    """

    def __init__(self, place):
        graph = place.graph.graph
        self.updates = place.updates()
        made = [graph.get_operation_by_name(update.operation) for update in self.updates]
        applies = [op for op in made if capture.is_apply(op)]
        self._formulas = _numbers_of_formulas(graph, [op for op in made if op not in applies])
        self._named = {op.name: [argument.name for argument in op.op_def.input_arg]
                       for op in applies}
        self.operations = list(self._named)
        self.inputs = self._named[self.operations[0]] if applies else list(self._formulas)
        self.attributes = set(applies[0].node_def.attr) if applies else set()

    def given(self, name, make):
        """The edit after which updates take `make(tensor)` as the input of this name."""
        taking = {}  # the indices of rows stand before some of an operation's other inputs
        for operation, names in self._named.items():
            taking.setdefault(names.index(name), []).append(operation)
        for operation, position in self._formulas.get(name, ()):
            taking.setdefault(position, []).append(operation)

        def edit(graph_def):
            for position, operations in taking.items():
                graph_def = rewiring.given_instead(
                    operations, position, make, alone=True)(graph_def)
            return graph_def
        return edit


def _numbers_of_formulas(graph, written):
    """`{name: [(operation, position of its input)]}` of an optimiser's numbers in written formulas.

    As TensorFlow 1's Adam writes them for rows: numbers stand outside of the formula's scope, and
    are called epsilon, beta1, beta1_power, ...
    """
    scopes = tuple(op.name.rpartition("/")[0] + "/" for op in written if "/update_" in op.name)
    found = {}
    for op in graph.get_operations() if scopes else ():
        if op.name.startswith(scopes):
            for position, given in enumerate(op.inputs):
                if not given.op.name.startswith(scopes):
                    source = tensors.variable_of(given) or given.op.name
                    found.setdefault(_NUMBER.sub("", source.rpartition("/")[2]), []).append(
                        (op.name, position))
    return found
