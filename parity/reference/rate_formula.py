"""Evaluates the part of a captured graph that computes a learning rate from a counter."""

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import float64_graph
from parity.reference import importing
from parity.reference.reading import evaluation
from parity.reference.reading import tensors

_TINY, _LARGEST = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)
# Operations that pass a number on without rounding.
_ROUNDING_NOTHING = tensors.VARIABLE_TYPES + tensors.PASSING + ("Merge", "Placeholder", "RefMerge")
# An operation with a control input from one of these belongs to a branch or a loop.
_FLOW = ("Enter", "LoopCond", "Merge", "NextIteration", "Switch")


def independent(graph_def):
    """Graph without control inputs, as those of an update on moving statistics.

    Control inputs that belong to a branch or a loop are kept.
    """
    types = {node.name: node.op.replace("Ref", "", 1) for node in graph_def.node}
    first = {node.name: node.input[0].lstrip("^").partition(":")[0]
             for node in graph_def.node if node.input}

    def belongs(source):
        return types[source] in _FLOW or (  # what a loop gives out lies behind it
            types[source] != "Exit" and types.get(first.get(source)) in _FLOW)
    for node in graph_def.node:
        node.input[:] = [name for name in node.input
                         if not name.startswith("^") or belongs(name[1:])]
    return graph_def


class RateFormula(object):
    """Part of a captured graph that computes a rate; use it in a `with`.

    Args:
      captured: a `parity.reference.captured.Captured`.
      name: name of the rate's tensor.
      variables: names of the variables that it depends on.
      dtype: "float32", the graph as it is, or "float64".
      edits: functions of a GraphDef, applied first.
    """

    def __init__(self, captured, name, variables, dtype, edits=()):
        graph_def = captured.graph_def()
        for edit in edits:
            graph_def = edit(graph_def)
        graph_def = importing.importable(importing.needed(
            independent(graph_def), [name] + list(variables)))
        if dtype == "float64":
            graph_def = float64_graph.to_float64(graph_def).graph_def
        self._graph = tf.Graph()
        with self._graph.as_default():
            tf.import_graph_def(graph_def, name="")
            self._setters = {each: evaluation.setter(self._graph, each) for each in variables}
        self._rate = self._graph.get_tensor_by_name(name)
        self._session = tf.Session(graph=self._graph, config=importing.session_config())

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._session.close()

    def at(self, values):
        """Rate for given values of the variables, `{variable: number}`."""
        for name, value in values.items():
            setter, given = self._setters[name]
            self._session.run(setter, {given: value})
        return self._value()

    def _value(self, instead=None):
        return float(self._session.run(self._rate, instead or {}))

    def rounding(self):
        """Absolute error that float32 may make of the rate at the present values.

        It is the sum of the changes by one ulp of each intermediate number. A number that float32
        represents exactly is not rounded, so that a staircase keeps its stairs.
        """
        rate, total = self._value(), 0.0
        for tensor in self._floats():
            try:
                number = float(self._session.run(tensor))
            except tf.errors.OpError:  # the number is in a branch that is not taken
                continue
            unit = _float32_unit(number)
            moved = [abs(self._value({tensor: number + each}) - rate) for each in (unit, -unit)
                     ] if unit else []
            total += max(filter(np.isfinite, moved), default=0.0)
        return total

    def _floats(self):
        """Floating-point scalars from which the rate is computed."""
        return [tensor for op in self._graph.get_operations() for tensor in op.outputs
                if op.type not in _ROUNDING_NOTHING and tensor.dtype == tf.float64
                and tensor.shape.ndims in (0, None)]


def _float32_unit(number):
    """Float32 ulp of a number that float32 rounds; 0 of any other."""
    if not abs(number) <= _LARGEST or float(np.float32(number)) == number:
        return 0.0
    if abs(number) < _TINY:  # kernels flush such numbers to 0
        return _TINY
    return float(np.spacing(np.float32(abs(number))))
