"""A captured graph, run again in a session of its own."""

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import precision


def session_config():
    """Parity mode: the kernels as written, in an order that does not depend on the machine."""
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1,
                            device_count={"GPU": 0})
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def importable(graph_def):
    """The graph without what ties it to the machine and the pruned parts that it came from."""
    cleared = tf.GraphDef()
    cleared.CopyFrom(graph_def)
    for node in cleared.node:
        node.device = ""
        for attribute in ("_class", "_output_shapes"):
            if attribute in node.attr:
                del node.attr[attribute]
    return cleared


class Replay(object):
    """A captured program in this interpreter.

    Args:
      captured: a `parity.reference.captured.Captured`.
      dtype: "float32", the graph as it is, or "float64", every float32 in it made a float64.
      edits: functions of a GraphDef that return another, applied before the change of precision.
    """

    def __init__(self, captured, dtype="float32", edits=()):
        self.captured, self.dtype = captured, dtype
        graph_def = captured.graph_def()
        for edit in edits:
            graph_def = edit(graph_def)
        graph_def = importable(graph_def)
        self.islands = []
        if dtype == "float64":
            graph_def, self.islands = precision.to_float64(graph_def)
        self.graph = tf.Graph()
        self._placeholders = {entry["tensor"]: name + ":0"
                              for name, entry in captured.inputs.items()}
        with self.graph.as_default():
            tf.import_graph_def(graph_def, name="")
            self._setters = {name: self._setter(name) for name in captured.variables}
            self._readers = {name: self._reader(name) for name in captured.variables}
        self.session = tf.Session(graph=self.graph, config=session_config())
        self._set = set()

    def _operation(self, name):
        return self.graph.get_operation_by_name(name)

    def _setter(self, name):
        op = self._operation(name)
        value = tf.placeholder(op.get_attr("dtype"))
        if op.type == "VarHandleOp":
            return tf.raw_ops.AssignVariableOp(resource=op.outputs[0], value=value), value
        return tf.assign(op.outputs[0], value, validate_shape=False).op, value

    def _reader(self, name):
        op = self._operation(name)
        if op.type == "VarHandleOp":
            return tf.raw_ops.ReadVariableOp(resource=op.outputs[0], dtype=op.get_attr("dtype"))
        return op.outputs[0]

    def load(self, values):
        """Sets variables, `{name: array}`; those that the graph does not hold are left out."""
        wanted = [name for name in values if name in self._setters]
        self._set.update(wanted)
        self.session.run([self._setters[name][0] for name in wanted], {
            self._setters[name][1]: _cast(values[name], self._setters[name][1])
            for name in wanted})

    def state(self):
        """`{name: array}` of every variable that was ever set."""
        names = sorted(self._set)
        values = self.session.run([self._readers[name] for name in names])
        return {name: np.array(value) for name, value in zip(names, values)}

    def tensor_name(self, name):
        """What a tensor of the program is called in the graph that is replayed."""
        return self._placeholders.get(name, name)

    def feeds(self, call, change=None):
        """`{tensor: array}` of what a call takes; `change` is a function (name, array)."""
        values = dict(call.fed(), **call.drawn())
        fed = {}
        for name, value in values.items():
            tensor = self.graph.get_tensor_by_name(self.tensor_name(name))
            value = _cast(value, tensor)
            fed[tensor] = change(name, value) if change else value
        return fed

    def run(self, call, change=None, fetches=None):
        """Runs a call from the present state.

        Args:
          call: a `parity.reference.captured.Call`.
          change: function (tensor name, array) of what it is fed.
          fetches: names of tensors; by default what the program fetched.

        Returns:
          `{tensor name: array}`.
        """
        feeds = self.feeds(call, change)
        fed = {tensor.name for tensor in feeds}
        names = [name for name in (call.fetches if fetches is None else fetches)
                 if self.tensor_name(name) not in fed]
        operations = [self._operation(name) for name in call.targets + call.behind
                      if name not in self.captured.inputs]
        tensors = [self.graph.get_tensor_by_name(self.tensor_name(name)) for name in names]
        _, values = self.session.run([operations, tensors], feeds)
        return {name: np.array(value) for name, value in zip(names, values)}

    def close(self):
        """Ends the session."""
        self.session.close()


def _cast(value, tensor):
    """An array in a tensor's precision; what is no float stays."""
    wanted = tensor.dtype.base_dtype
    if value.dtype.kind == "f" and wanted.is_floating:
        return value.astype(wanted.as_numpy_dtype)
    return value
