"""A rate at any step: its part of the graph, run with the counter set."""

import tensorflow.compat.v1 as tf

from parity.reference import replay
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
        """`((step, rate), ...)`; nothing where the rate needs more than the counter."""
        with self._graph.as_default(), tf.Session(
                graph=self._graph, config=replay.session_config()) as session:
            try:
                return tuple((step, self._value(session, step)) for step in steps)
            except (tf.errors.OpError, TypeError):
                return ()

    def _value(self, session, step):
        setter, value = self._setter()
        session.run(setter, {value: step})
        return float(tensors.number(session.run(self._tensor).item()))

    def _setter(self):
        if self._set is None:
            op = self._graph.get_operation_by_name(self._counter)
            with tf.control_dependencies(None):
                value = tf.placeholder(op.get_attr("dtype"), [])
                if op.type == "VarHandleOp":
                    setter = tf.raw_ops.AssignVariableOp(resource=op.outputs[0], value=value)
                else:
                    setter = tf.assign(op.outputs[0], value, validate_shape=False).op
            self._set = setter, value
        return self._set
