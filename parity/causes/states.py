"""Changes of the order in which a step reads a state and writes it."""

import functools

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.causes.change import Change, Entry
from parity.common.rungs import FORWARD, LOSSES
from parity.reference import importing
from parity.reference.reading import assignments
from parity.reference.reading import tensors

# Operations from which a state's new value is computed: those of larger ones are not copied.
_MOST = 100


def changes(place):
    """Yields a state that is written before the forward pass reads it."""
    near = {op.name for op in place.operations()}
    for op, variable in assignments.writes(place.captured):
        reads = [each.outputs[0].name for each in _reads(place, variable) if each.name in near]
        if not reads or op.type not in assignments.SETTING:
            continue
        value = op.inputs[1]
        path = _path(value, reads)
        if 0 < len(path) <= _MOST:
            yield Change(
                "order of a state", "{} is written before the pass reads it, in the reference "
                "after".format(variable), "the state's assign(...) after all that reads it",
                (_edit(reads, value, path),), True)


def _reads(place, variable):
    """Operations of the graph that read a variable."""
    return [op for op in place.graph.operations if op.type in ("ReadVariableOp", "Identity")
            and op.inputs and tensors.variable_of(op.inputs[0], ()) == variable]


def _path(value, reads):
    """Operations between the reads of a state and the value that it is set to, in any order."""
    behind = tensors.ancestors([value], lambda op: op.outputs and op.outputs[0].name in reads)
    taking = {tensor.op for tensor in map(value.graph.get_tensor_by_name, reads)} & behind
    path, waiting = set(), list(taking)
    while waiting:
        followers = {user for out in waiting.pop().outputs for user in out.consumers()}
        found = (followers & behind) - path
        path |= found
        waiting.extend(found)
    return path


def _edit(reads, value, path):
    """The edit after which all that reads a state takes the value that it is set to.

    So does the write itself: its value is that of what was there before, computed once.
    """
    nodes = [op.node_def for op in tensors.ancestors([value])]
    rewire = rewiring.substituted(
        reads + [value.name],
        functools.partial(_written, {op.name for op in path}, value.name))

    def edit(graph_def):
        present = {node.name for node in graph_def.node}
        for node in nodes:  # of which a part of the program may have no need
            if node.name not in present:
                added = graph_def.node.add()
                added.CopyFrom(node)
                added.input[:] = _without_controls(node)
        return rewire(graph_def)
    return edit


def _without_controls(node):
    """The inputs of a node; the other operations that it waits for are none of its value."""
    return [given for given in node.input if not given.startswith("^")]


def _written(names, value, old):
    """The value that a state is set to, computed once more.

    Args:
      names: of the operations that `_path` returns.
      value: name of the tensor that the state is set to.
      old: a tensor of the graph.
    """
    graph, copied = old.graph, tf.GraphDef()
    copied.node.extend(node for node in importing.importable(graph.as_graph_def()).node
                       if node.name in names)
    for node in copied.node:
        node.input[:] = _without_controls(node)
    outside = {given for node in copied.node for given in node.input
               if given.partition(":")[0] not in names}
    new, = tf.import_graph_def(
        copied, {given: graph.get_tensor_by_name(given if ":" in given else given + ":0")
                 for given in outside}, [value], name="written")
    return new


ENTRIES = [
    Entry("order of a state", (FORWARD, LOSSES), "a state that is written before it is read",
          changes, "the state's assign(...) after all that reads it")]
