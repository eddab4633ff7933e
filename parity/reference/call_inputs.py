"""Inputs and random numbers of a captured program's calls, in the order of the graph."""

from parity.reference import precision
from parity.reference.reading import structure


class CallInputs(object):
    """Inputs and random numbers of calls.

    Args:
      captured: a `parity.reference.captured.Captured`.
      dtype: the precision in which they are given to both sides.
    """

    def __init__(self, captured, dtype="float32"):
        self._structure, self._entries = structure.of(captured), captured.inputs
        self._dtype = dtype
        self._random = {entry["tensor"]: name for name, entry in captured.inputs.items()
                        if entry["random"]}

    def inputs(self, call):
        """`{tensor: array}` of a call's fed and iterated inputs."""
        fed = dict(call.fed(), **call.drawn())
        return {name: precision.fed(value, self._dtype) for name, value in fed.items()
                if name not in self._random}

    def draws(self, call):
        """`[(kind, array)]` of the random numbers of a call, in the order of the graph."""
        values = call.drawn()
        return [(self._entries[self._random[name]]["type"], values[name])
                for name in self.drawn(call)]

    def drawn(self, call):
        """Names of the tensors of a call's random numbers, in the order of the graph."""
        return sorted((name for name in call.stateful if name in self._random),
                      key=lambda name: self._structure.order(
                          self._structure.graph.get_operation_by_name(self._random[name])))

    def write(self, number, calls, write):
        """Writes inputs and draws of a step's calls; returns the kinds of its draws.

        Args:
          number: number of the step, from 0.
          calls: its calls.
          write: function (name, array) that keeps input/<step>/<phase>/<tensor>,
            gathered/<step>/<call>/<tensor> and draw/<step>/0/<number>.
        """
        drawn, places = [], {"train": 0, "gather": 0}
        for call in calls:
            drawn += self.draws(call)
            if call.role not in places:
                continue
            part = "input" if call.role == "train" else "gathered"
            for name, value in self.inputs(call).items():
                write("{}/{}/{}/{}".format(part, number, places[call.role], name), value)
            places[call.role] += 1
        for count, (_, value) in enumerate(drawn):
            write("draw/{}/0/{}".format(number, count), value)
        return [kind for kind, _ in drawn]
