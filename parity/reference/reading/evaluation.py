"""Evaluates a learning rate at any step, by running its part of the graph."""

import tensorflow.compat.v1 as tf

from parity.reference import importing
from parity.reference.reading import tensors


class Evaluation(object):
    """A learning rate as a function of the step.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      tensor: the rate.
      counter: name of the variable that counts the steps.
    """

    def __init__(self, graph, tensor, counter):
        self._graph, self._tensor, self._counter = graph.graph, tensor, counter
        self._set = None

    def at(self, steps):
        """((step, rate), ...); () where the rate depends on more than the counter."""
        with self._graph.as_default(), tf.Session(
                graph=self._graph, config=importing.session_config()) as session:
            try:
                return tuple((step, self._value(session, step)) for step in steps)
            except (tf.errors.OpError, TypeError):
                return ()

    def _value(self, session, step):
        operation, value = self._setter()
        session.run(operation, {value: step})
        return float(tensors.number(session.run(self._tensor).item()))

    def _setter(self):
        if self._set is None:
            self._set = setter(self._graph, self._counter)
        return self._set


def setter(graph, variable):
    """Adds an assignment to a scalar variable; returns (operation, placeholder of the value)."""
    op = graph.get_operation_by_name(variable)
    with graph.as_default(), tf.control_dependencies(None):
        value = tf.placeholder(op.get_attr("dtype"), [])
        if op.type == "VarHandleOp":
            return tf.raw_ops.AssignVariableOp(resource=op.outputs[0], value=value), value
        return tf.assign(op.outputs[0], value, validate_shape=False).op, value
