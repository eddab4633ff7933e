"""Variables of a graph in a session: loaded, read and freed."""

import typing

import numpy as np
import tensorflow.compat.v1 as tf

from parity.reference import importing

# Operations that load variables are added to the GraphDef before it is imported, which is faster
# than making them in the graph one by one.
_VALUE, _SET = "parity_value_{}", "parity_set_{}"
# Largest number of entries that are loaded into variables or read from them at once.
_PORTION = 2 ** 22


class _Setter(typing.NamedTuple):
    """An operation that sets a variable, and the placeholder of the value."""

    operation: typing.Any
    value: typing.Any


class GraphVariables(object):
    """A graph in a session, with access to its variables.

    Args:
      graph_def: the GraphDef.
      variables: `{variable: {"shape", ...}}` of the program.
      own_name: function (name of an operation of the program) -> its name in the graph.

    Attributes:
      graph: the imported graph.
      session: its session; None once it is closed.
    """

    def __init__(self, graph_def, variables, own_name):
        self._variables, self._own_name = variables, own_name
        added = self._add_setters(graph_def)
        self.graph, self.session = tf.Graph(), None
        with self.graph.as_default():
            tf.import_graph_def(graph_def, name="")
            self._setters = {name: _Setter(self.graph.get_operation_by_name(setter),
                                           self.graph.get_tensor_by_name(value + ":0"))
                             for name, (setter, value) in added.items()}
            self._readers = {name: self._reader(name) for name in variables}
        self._set = set()
        self.restart()

    def restart(self):
        """Starts a new session: variables have no values, draws inside loops start again."""
        self.close()
        self._set.clear()
        self.session = tf.Session(graph=self.graph, config=importing.session_config())

    def close(self):
        """Ends the session, and frees its variables."""
        if self.session is not None:
            self.session.close()
            self.session = None

    def _operation(self, name):
        return self.graph.get_operation_by_name(self._own_name(name))

    def _add_setters(self, graph_def):
        """Adds operations that load the variables.

        Returns:
          `{variable: (name of the operation, name of the placeholder of its value)}`.
        """
        nodes, added = {node.name: node for node in graph_def.node}, {}
        for number, name in enumerate(self._variables):
            variable = nodes[self._own_name(name)]
            setter, value = _SET.format(number), _VALUE.format(number)
            _add_setter(graph_def, variable, setter, value)
            added[name] = setter, value
        return added

    def _reader(self, name):
        op = self._operation(name)
        if op.type == "VarHandleOp":
            return tf.raw_ops.ReadVariableOp(resource=op.outputs[0], dtype=op.get_attr("dtype"))
        return op.outputs[0]

    def load(self, values):
        """Sets variables, `{name: array}`; names that the graph does not hold are ignored."""
        wanted = [name for name in values if name in self._setters]
        self._set.update(wanted)
        for names in self._portions(wanted):
            self.session.run([self._setters[name].operation for name in names], {
                self._setters[name].value: cast(values[name], self._setters[name].value)
                for name in names})

    def forget(self):
        """Frees the variables' values; each has to be loaded before the next call."""
        self.session.run([self._setters[name].operation for name in self._set], {
            placeholder: np.zeros((0,), placeholder.dtype.as_numpy_dtype)
            for placeholder in (self._setters[name].value for name in self._set)})

    def state(self, of=None):
        """`{name: array}` of every variable that was ever set, or of the named ones among them."""
        found = {}
        for names in self._portions(sorted(self._set if of is None else self._set & set(of))):
            values = self.session.run([self._readers[name] for name in names])
            found.update((name, np.array(value)) for name, value in zip(names, values))
        return found

    def _portions(self, names):
        """Yields lists of names of variables to load or read at once, so that few are copied."""
        portion, size = [], 0
        for name in names:
            portion.append(name)
            size += _size(self._variables[name]["shape"])
            if size > _PORTION:
                yield portion
                portion, size = [], 0
        if portion:
            yield portion


def _add_setter(graph_def, variable, setter, value):
    """Adds a placeholder `value` and an operation `setter` that assigns it to a variable."""
    dtype, is_handle = variable.attr["dtype"].type, variable.op == "VarHandleOp"
    graph_def.node.add(name=value, op="Placeholder").attr["dtype"].type = dtype
    node = graph_def.node.add(name=setter, input=[variable.name, value],
                              op="AssignVariableOp" if is_handle else "Assign")
    node.attr["dtype" if is_handle else "T"].type = dtype
    if not is_handle:
        node.attr["validate_shape"].b = False


def _size(shape):
    """Number of entries of a shape, in which an unknown size counts as one."""
    return int(np.prod([size or 1 for size in shape or ()]))


def cast(value, tensor):
    """Array in a tensor's precision; arrays of other kinds than floats are returned unchanged."""
    wanted = tensor.dtype.base_dtype
    if value.dtype.kind == "f" and wanted.is_floating:
        return value.astype(wanted.as_numpy_dtype)
    return value
