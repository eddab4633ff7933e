"""Gradients of an edited forward pass, recomputed as the program computed its own."""

from typing import List, NamedTuple

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.reference.reading import structure
from parity.reference.reading import updates


def gradients(captured):
    """The edit that recomputes each gradient from the losses of the graph as it then is.

    Args:
      captured: a `parity.reference.captured.Captured`.
    """
    passes = _passes(captured)

    def edit(graph_def):
        for each in passes:
            graph_def = _computed(graph_def, each)
        return graph_def
    return edit


class _Pass(NamedTuple):
    """A backward pass: names of its gradients, of its losses, and of the gradients' variables."""

    computed: List[str]
    losses: List[str]
    variables: List[str]


def _passes(captured):
    """[`_Pass`] of a program."""
    graph, found = structure.of(captured), {}
    for update in updates.read(captured):
        for name in update.computed:
            scope = graph.gradient_scope(graph.tensor(name).op)
            losses = tuple(sorted(graph.tensor(loss.tensor).name for loss in update.losses
                                  if loss.captured and loss.scope == scope))
            if losses:
                entry = found.setdefault((scope, losses), {})
                entry.setdefault(name, update.variable)
    return [_Pass(list(entry), list(losses), list(entry.values()))
            for (_, losses), entry in sorted(found.items())]


def _computed(graph_def, backward):
    """The GraphDef in which the gradients of a `_Pass` are computed anew."""
    graph = rewiring.imported(graph_def)
    before = {op.name for op in graph.get_operations()}
    with graph.as_default():
        xs = [graph.get_operation_by_name(name).outputs[0] for name in backward.variables]
        with tf.name_scope("parity_cause_gradients/"):
            ends = [graph.get_tensor_by_name(name) for name in backward.losses]
            found = tf.gradients(ends, xs)
            plain = [_plain(gradient, graph.get_tensor_by_name(name))
                     for name, gradient in zip(backward.computed, found)]
            # No variable is updated while a gradient or a loss may still read it: the program's own
            # backward pass waits for both.
            with tf.control_dependencies(plain + ends):
                made = {name: tf.identity(gradient).op.name
                        for name, gradient in zip(backward.computed, plain)}
    return rewiring.in_place(graph.as_graph_def(), made, before)


def _plain(gradient, old):
    """A gradient in the place of an old one: the rows of a sparse one, zeros for None."""
    if gradient is None:
        return tf.zeros_like(old)
    return gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
