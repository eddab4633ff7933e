"""A captured graph, run again in a session of its own."""

import functools
import typing

import numpy as np
import tensorflow.compat.v1 as tf

from parity import capture
from parity.reference import orders
from parity.reference import precision


def session_config():
    """Parity mode: the kernels as written, in an order that does not depend on the machine."""
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1,
                            device_count={"GPU": 0})
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def needed(graph_def, names):
    """The part of a graph that operations or tensors of these names need."""
    nodes = {node.name: node for node in graph_def.node}
    waiting, kept = list(names), set()
    while waiting:
        name = waiting.pop().lstrip("^").partition(":")[0]
        if name not in kept:
            kept.add(name)
            waiting.extend(nodes[name].input)
    part = tf.GraphDef(versions=graph_def.versions, library=graph_def.library)
    part.node.extend(node for node in graph_def.node if node.name in kept)
    return part


def importable(graph_def):
    """The graph without what ties it to the machine and the pruned parts that it came from."""
    cleared = tf.GraphDef()
    cleared.CopyFrom(graph_def)
    functions = {function.signature.name for function in graph_def.library.function}
    for node in cleared.node:
        node.device = ""
        definition = precision.op_definition(node.op)
        if definition is None and node.op not in functions:
            raise capture.Failure("{}: expected an operation of TensorFlow {}, received {}".format(
                node.name, tf.__version__, node.op))
        known = {attribute.name for attribute in definition.attr} if definition else set(node.attr)
        for name in [name for name in node.attr if name not in known and _is_left_out(node, name)]:
            del node.attr[name]
    return cleared


def _is_left_out(node, name):
    """Whether an attribute is of no use here: notes, and what newer versions leave at nothing."""
    value = node.attr[name]
    return name in _NOTES or not (
        value.b or value.i or value.s or value.list.ByteSize())


_NOTES = ("_class", "_output_shapes", "debug_name", "grad_a", "grad_b",
          "validate_shape")
# What loads variables is put into the graph before it is imported, which is faster than to make it
# there, operation by operation.
_VALUE, _SET = "parity_value_{}", "parity_set_{}"


# Numbers that are loaded into variables or read from them at once.
_PORTION = 2 ** 22


class Update(typing.NamedTuple):
    """One call that is kept whole: its number from 1, every variable around it, what it fetched."""

    number: int
    call: typing.Any
    before: dict
    after: dict
    fetched: dict


class Replay(object):
    """A captured program in this interpreter.

    Args:
      captured: a `parity.reference.captured.Captured`.
      dtype: "float32", the graph as it is, or "float64", every float32 in it made a float64.
      edits: functions of a GraphDef that return another, applied before the change of precision.
      order: the `parity.reference.orders.Order` in which racing accesses run.
      read: how float64 reads constants: `precision.shortest` or `precision.as_stored`.
      looked_at: names of tensors that are fetched, too; an edit may leave them without use.
    """

    def __init__(self, captured, dtype="float32", edits=(), order=orders.AS_CHOSEN,
                 read=precision.shortest, looked_at=()):
        self.captured, self.dtype, self._as_read = captured, dtype, order.as_read
        self._renamed = {}
        self._placeholders = {entry["tensor"]: name + ":0"
                              for name, entry in captured.inputs.items()}
        graph_def = captured.graph_def()
        for edit in list(edits) + [orders.ordered(order)]:
            graph_def = edit(graph_def)
        names = self._names_of_calls().union(map(self.tensor_name, looked_at))
        graph_def = importable(needed(graph_def, names))
        self.islands, self._renamed = [], {}
        if dtype == "float64":
            graph_def, self.islands, self._renamed = precision.to_float64(graph_def, read)
        added = self._add_setters(graph_def)
        self.graph = tf.Graph()
        with self.graph.as_default():
            tf.import_graph_def(graph_def, name="")
            self._setters = {name: (self.graph.get_operation_by_name(setter),
                                    self.graph.get_tensor_by_name(value + ":0"))
                             for name, (setter, value) in added.items()}
            self._readers = {name: self._reader(name) for name in captured.variables}
        self._set = set()
        self.session = None
        self.restart()

    def computed_in_float32(self):
        """Names of operations that have no float64 kernel and give numbers that others take."""
        ops = map(self.graph.get_operation_by_name, self.islands)
        return [op.name for op in ops if op.type not in capture.RANDOM_TYPES and any(
            output.dtype == tf.float32 for output in op.outputs)]

    def restart(self):
        """Begins anew: variables have no values, draws inside loops start again."""
        self.close()
        self._set.clear()
        self.session = tf.Session(graph=self.graph, config=session_config())

    def _names_of_calls(self):
        """Names of all that the calls run, fetch and take; initial values are not needed."""
        names = set(self.captured.variables)
        for call in self.captured.calls:
            names.update(call.targets + call.behind + call.fetches + call.feeds + call.stateful)
        return {self.tensor_name(name) for name in names} - {""}

    def _own_name(self, name):
        """What an operation of the program is called in the graph that is replayed."""
        return self._renamed.get("^" + name, name).lstrip("^")

    def _operation(self, name):
        return self.graph.get_operation_by_name(self._own_name(name))

    def _add_setters(self, graph_def):
        """Adds what loads the variables; `{variable: names of (the operation, what it is fed)}`."""
        nodes, added = {node.name: node for node in graph_def.node}, {}
        for number, name in enumerate(self.captured.variables):
            variable = nodes[self._own_name(name)]
            setter, value = _SET.format(number), _VALUE.format(number)
            dtype = variable.attr["dtype"].type
            graph_def.node.add(name=value, op="Placeholder").attr["dtype"].type = dtype
            is_handle = variable.op == "VarHandleOp"
            node = graph_def.node.add(name=setter, input=[variable.name, value],
                                      op="AssignVariableOp" if is_handle else "Assign")
            node.attr["dtype" if is_handle else "T"].type = dtype
            if not is_handle:
                node.attr["validate_shape"].b = False
            added[name] = setter, value
        return added

    def _reader(self, name):
        op = self._operation(name)
        if op.type == "VarHandleOp":
            return tf.raw_ops.ReadVariableOp(resource=op.outputs[0], dtype=op.get_attr("dtype"))
        return op.outputs[0]

    def load(self, values):
        """Sets variables, `{name: array}`; those that the graph does not hold are left out."""
        wanted = [name for name in values if name in self._setters]
        self._set.update(wanted)
        for names in self._portions(wanted):
            self.session.run([self._setters[name][0] for name in names], {
                self._setters[name][1]: _cast(values[name], self._setters[name][1])
                for name in names})

    def forget(self):
        """Frees what the variables hold; each has to be loaded before the next call."""
        self.session.run([self._setters[name][0] for name in self._set], {
            placeholder: np.zeros((0,), placeholder.dtype.as_numpy_dtype)
            for placeholder in (self._setters[name][1] for name in self._set)})

    def state(self, of=None):
        """`{name: array}` of every variable that was ever set, or of the named ones among them."""
        found = {}
        for names in self._portions(sorted(self._set if of is None else self._set & set(of))):
            values = self.session.run([self._readers[name] for name in names])
            found.update((name, np.array(value)) for name, value in zip(names, values))
        return found

    def _portions(self, names):
        """Lists of variables that are loaded or read at once: few are copied at a time."""
        portion, size = [], 0
        for name in names:
            portion.append(name)
            size += _numbers(self.captured.variables[name]["shape"])
            if size > _PORTION:
                yield portion
                portion, size = [], 0
        if portion:
            yield portion

    def tensor_name(self, name):
        """What a tensor of the program is called in the graph that is replayed."""
        if name in self._renamed:
            return self._renamed[name] + ":0"
        return self._placeholders.get(name, name)

    def feeds(self, call, change=None):
        """`{tensor: array}` of what a call takes; `change` is a function of an array."""
        values = dict(call.fed(), **call.drawn())
        if self._as_read:
            values.update(call.read())
        fed = {}
        for name, value in sorted(values.items()):
            tensor = self.graph.get_tensor_by_name(self.tensor_name(name))
            value = _cast(value, tensor)
            fed[tensor] = change(value) if change else value
        return fed

    def run(self, call, change=None, fetches=None):
        """Runs a call from the present state.

        Args:
          call: a `parity.reference.captured.Call`.
          change: function of each array that it is fed.
          fetches: names of tensors; by default what the program fetched, which is run in any
            case: an update may be asked for by a tensor that waits for it.

        Returns:
          `{tensor name: array}`.
        """
        feeds = self.feeds(call, change)
        fed = {tensor.name for tensor in feeds}
        names = [name for name in (call.fetches if fetches is None else fetches)
                 if self.tensor_name(name) not in fed]
        operations = self.operations(call, fed)
        tensors = [self.graph.get_tensor_by_name(self.tensor_name(name)) for name in names]
        _, values = self.session.run([operations, tensors], feeds)
        return {name: np.array(value) for name, value in zip(names, values)}

    def operations(self, call, fed=()):
        """The operations that a call runs; what it fetches is none where it is `fed`."""
        found = [self._operation(name) for name in call.targets + call.behind
                 if name not in self.captured.inputs]
        return found + [self.graph.get_tensor_by_name(self.tensor_name(name)).op
                        for name in call.fetches if self.tensor_name(name) not in fed]

    def updates(self, change=None):
        """Replays the calls that are kept whole, each from the state where it was captured.

        Where something is drawn inside a loop, every call is run, in one session and once.

        Args:
          change: function of each array that a whole call takes, states included.

        Yields:
          `Update`s, in order.
        """
        self.restart()
        all_of_them = any(call.hidden for call in self.captured.calls)
        for number, call in enumerate(self.captured.calls, 1):
            if not call.whole and not all_of_them:
                continue
            changed = change if call.whole else None
            start = call.before()
            self.load({name: changed(start[name]) for name in sorted(start)}
                      if changed else start)
            before = self.state() if call.whole else {}
            fetched = self.run(call, change=changed)
            if call.whole:
                yield Update(number, call, before, self.state(), fetched)

    def close(self):
        """Ends the session, and frees what its variables hold."""
        if self.session is not None:
            self.session.close()
            self.session = None


@functools.lru_cache(maxsize=2)
def _kept(captured, dtype, order):
    return Replay(captured, dtype, order=order)


def plain(captured, dtype="float32", order=orders.AS_CHOSEN):
    """The `Replay` of a capture as it is, begun anew: the last two are kept, so that one job after
    the other uses the same one, and closes it.
    """
    replay = _kept(captured, dtype, order)
    replay.restart()
    return replay


def _numbers(shape):
    """How many numbers a shape has room for; of what is not known, one."""
    return int(np.prod([size or 1 for size in shape or ()]))


def _cast(value, tensor):
    """An array in a tensor's precision; what is no float stays."""
    wanted = tensor.dtype.base_dtype
    if value.dtype.kind == "f" and wanted.is_floating:
        return value.astype(wanted.as_numpy_dtype)
    return value
