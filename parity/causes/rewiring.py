"""Edits that replace tensors of a captured graph by others."""

import itertools

import tensorflow.compat.v1 as tf

from parity.reference import importing

_SCOPE = "parity_cause_{}/"
_BEFORE = "parity_before_{}/"


def substituted(names, make):
    """Returns an edit that replaces tensors, for all operations and fetches that take them.

    Args:
      names: names of the tensors, "layer/Relu:0"; those that the graph does not hold are left out.
      make: function of the old tensor that returns the new one, which is cast to the old type.

    Raises, when it is applied:
      KeyError: the graph holds none of them.
    """
    def edit(graph_def):
        graph, made = imported(graph_def), {}
        before = {op.name for op in graph.get_operations()}
        with graph.as_default():
            for name in _held(names, before):
                old = graph.get_tensor_by_name(name)
                with tf.name_scope("{}{}/".format(_unused(_SCOPE, before), len(made))):
                    made[name] = tf.identity(tf.cast(make(old), old.dtype)).op.name
        return in_place(graph.as_graph_def(), made, before)
    return edit


def _held(names, operations):
    """The names of tensors or operations that a graph holds; raises KeyError if there are none."""
    held = [name for name in names if name.partition(":")[0] in operations]
    if not held:
        raise KeyError("{}: expected one of them in the graph".format(", ".join(names)))
    return held


def imported(graph_def):
    """Imports a captured GraphDef into a new tf.Graph."""
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(importing.importable(graph_def), name="")
    return graph


def _unused(scope, names):
    """A scope, `scope.format(number)`, that no name begins with."""
    return next(each for each in map(scope.format, itertools.count())
                if not any(name.startswith(each) for name in names))


def in_place(graph_def, made, before):
    """Renames new operations to those whose tensors they replace; returns the GraphDef.

    Args:
      graph_def: the GraphDef with old and new operations.
      made: `{tensor: name of the new operation that replaces it}`.
      before: names of the old operations; new ones still take the old tensors.
    """
    renamed = {new: name[:-2] for name, new in made.items() if name.endswith(":0")}
    scope = _unused(_BEFORE, before)
    old = {name[:-2]: scope + name[:-2] for name in made if name.endswith(":0")}
    for node in graph_def.node:
        own = node.name not in before
        node.input[:] = [_input(given, made, old, renamed, own) for given in node.input]
        node.name = old.get(node.name) or renamed.get(node.name, node.name)
    return graph_def


def _input(given, made, old, renamed, own):
    """The renamed input of an operation.

    Args:
      given: the input, "name", "name:1" or "^name".
      made: `{tensor: name of the new operation that replaces it}`.
      old, renamed: `{name: new name}` of old and of new operations.
      own: True where the operation is a new one.
    """
    if given.startswith("^"):
        return given
    operation, _, place = given.partition(":")
    if operation in renamed:
        return renamed[operation]
    if not own and operation + ":" + (place or "0") in made:
        new = made[operation + ":" + (place or "0")]
        return renamed.get(new, new)
    return old[operation] + given[len(operation):] if operation in old else given


def given_instead(operations, place, make, alone=False):
    """Returns an edit that replaces one input of some operations.

    Args:
      operations: their names; those that the graph does not hold are left out.
      place: position of the input.
      make: function of the old tensor that returns the new one.
      alone: True where `make` uses that tensor and no other, so that the rest of the graph need not
        be imported for it.

    Raises, when it is applied:
      KeyError: the graph holds none of them.
    """
    def edit(graph_def):
        nodes = {node.name: node for node in graph_def.node}
        taken = {name: nodes[name].input[place] for name in _held(operations, nodes)}
        graph = imported(importing.needed(graph_def, taken.values()) if alone else graph_def)
        before, scope = {op.name for op in graph.get_operations()}, _unused(_SCOPE, nodes)
        with graph.as_default():
            for number, (name, given) in enumerate(taken.items()):
                old = graph.get_tensor_by_name(given if ":" in given else given + ":0")
                with tf.name_scope("{}{}/".format(scope, number)):
                    made = tf.identity(tf.cast(make(old), old.dtype.base_dtype))
                nodes[name].input[place] = made.op.name
        graph_def.node.extend(node for node in graph.as_graph_def().node if node.name not in before)
        return graph_def
    return edit


def of_another_type(operations, kind):
    """Returns an edit that changes the type of operations; inputs and attributes stay."""
    def edit(graph_def):
        for node in graph_def.node:
            if node.name in operations:
                node.op = kind
        return graph_def
    return edit
