"""A learning rate as the graph computes it from a counter: its part of the graph, run by itself."""

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import precision
from parity.reference import replay
from parity.reference.reading import evaluation
from parity.reference.reading import tensors

_TINY, _LARGEST = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)
# What hands a number on rounds nothing.
_ROUNDING_NOTHING = tensors.VARIABLE_TYPES + tensors.PASSING + ("Merge", "Placeholder", "RefMerge")
# What waits for one of these belongs to a branch or a loop.
_FLOW = ("Enter", "Exit", "LoopCond", "Merge", "NextIteration", "Switch")


def independent(graph_def):
    """The graph without what operations only wait for, as for moving statistics before an update.

    What belongs to a branch or a loop goes on waiting for it.
    """
    types = {node.name: node.op.replace("Ref", "", 1) for node in graph_def.node}
    first = {node.name: node.input[0].lstrip("^").partition(":")[0]
             for node in graph_def.node if node.input}
    for node in graph_def.node:
        node.input[:] = [name for name in node.input if not name.startswith("^")
                         or types[name[1:]] in _FLOW
                         or types.get(first.get(name[1:])) in _FLOW]
    return graph_def


class RateFormula(object):
    """The part of a captured graph that computes a rate; use it in a `with`.

    Args:
      captured: a `parity.reference.captured.Captured`.
      name: the rate's tensor.
      variables: names of the variables that it needs.
      dtype: "float32", the graph as it is, or "float64".
      edits: functions of a GraphDef, applied first.
    """

    def __init__(self, captured, name, variables, dtype, edits=()):
        graph_def = captured.graph_def()
        for edit in edits:
            graph_def = edit(graph_def)
        graph_def = replay.importable(replay.needed(
            independent(graph_def), [name] + list(variables)))
        if dtype == "float64":
            graph_def = precision.to_float64(graph_def).graph_def
        self._graph = tf.Graph()
        with self._graph.as_default():
            tf.import_graph_def(graph_def, name="")
            self._setters = {each: evaluation.setter(self._graph, each) for each in variables}
        self._rate = self._graph.get_tensor_by_name(name)
        self._session = tf.Session(graph=self._graph, config=replay.session_config())

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._session.close()

    def at(self, values):
        """The rate where variables have these values, `{variable: number}`."""
        for name, value in values.items():
            setter, given = self._setters[name]
            self._session.run(setter, {given: value})
        return self._value()

    def _value(self, instead=None):
        return float(self._session.run(self._rate, instead or {}))

    def rounding(self):
        """What float32 may make of the rate at the present values: the sum of what one unit in the
        last place of each number on its way changes.

        A number that float32 holds as it is rounds nothing, so that a staircase keeps its stairs.
        """
        rate, total = self._value(), 0.0
        for tensor in self._floats():
            try:
                number = float(self._session.run(tensor))
            except tf.errors.OpError:  # of a branch that is not taken
                continue
            unit = _float32_unit(number)
            moved = [abs(self._value({tensor: number + each}) - rate) for each in (unit, -unit)
                     ] if unit else []
            total += max(filter(np.isfinite, moved), default=0.0)
        return total

    def _floats(self):
        """The single numbers of floats on the way to the rate."""
        return [tensor for op in self._graph.get_operations() for tensor in op.outputs
                if op.type not in _ROUNDING_NOTHING and tensor.dtype == tf.float64
                and tensor.shape.ndims in (0, None)]


def _float32_unit(number):
    """Float32's unit in the last place of a number that float32 rounds; 0 of any other."""
    if not abs(number) <= _LARGEST or float(np.float32(number)) == number:
        return 0.0
    if abs(number) < _TINY:  # kernels take such numbers for 0
        return _TINY
    return float(np.spacing(np.float32(abs(number))))
