"""Gradients of an edited forward pass, computed again as the program computed its own."""

import tensorflow.compat.v1 as tf

from parity.causes import rewiring
from parity.reference.reading import structure
from parity.reference.reading import updates


def gradients(captured):
    """The edit after which each gradient is that of the losses as the graph has them now."""
    asked = _asked(captured)

    def edit(graph_def):
        for computed, losses, variables in asked:
            graph_def = _computed(graph_def, computed, losses, variables)
        return graph_def
    return edit


def _asked(captured):
    """[(names of the gradients, of the losses, of the variables)] of each backward pass."""
    graph, found = structure.of(captured), {}
    for update in updates.read(captured):
        for name in update.computed:
            scope = graph.gradient_scope(graph.tensor(name).op)
            losses = tuple(sorted(graph.tensor(loss.tensor).name for loss in update.losses
                                  if loss.captured and loss.scope == scope))
            if losses:
                entry = found.setdefault((scope, losses), {})
                entry.setdefault(name, update.variable)
    return [(list(entry), list(losses), list(entry.values()))
            for (_, losses), entry in sorted(found.items())]


def _computed(graph_def, computed, losses, variables):
    graph = rewiring.imported(graph_def)
    before = {op.name for op in graph.get_operations()}
    with graph.as_default():
        xs = [graph.get_operation_by_name(name).outputs[0] for name in variables]
        with tf.name_scope("parity_cause_gradients/"):
            ends = [graph.get_tensor_by_name(name) for name in losses]
            found = tf.gradients(ends, xs)
            plain = [_plain(gradient, graph.get_tensor_by_name(name))
                     for name, gradient in zip(computed, found)]
            # No variable is updated while a gradient or a loss may still read it: the program's own
            # backward pass waits for both.
            with tf.control_dependencies(plain + ends):
                made = {name: tf.identity(gradient).op.name
                        for name, gradient in zip(computed, plain)}
    return rewiring.in_place(graph.as_graph_def(), made, before)


def _plain(gradient, old):
    """A gradient in the place of an old one: of a sparse one its rows; of none, zeros."""
    if gradient is None:
        return tf.zeros_like(old)
    return gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
