"""Finds losses: the scalars from whose gradients an update is computed."""

import functools
from typing import NamedTuple, Tuple

from parity.reference.reading import tensors

# Operations that pass a loss on, or add it to another, with a derivative of one.
_LINKS = ("Add", "AddN", "AddV2", "CheckNumerics", "Identity", "Snapshot", "StopGradient", "Sub")
_SUMMING = 6


class Loss(NamedTuple):
    """Start of a backward pass.

    Attributes:
      scope: name scope of the call of tf.gradients.
      tensor: name of the scalar in the program.
      fetched: True where training calls fetched it.
      certain: True where no other scalar fits.
      captured: True where it was computed, which its gradient may not need.
    """
    scope: str
    tensor: str
    fetched: bool
    certain: bool
    captured: bool = True


def of_gradient(graph, gradients):
    """Tuple of the `Loss` of each backward pass that gradients come from, sorted by scope.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      gradients: tensors as the backward pass computed them.
    """
    scopes = sorted({graph.gradient_scope(tensor.op) for tensor in gradients} - {None})
    found = (_of_scope(graph, scope) for scope in scopes)
    return tuple(loss for losses in found for loss in losses)


@functools.lru_cache(maxsize=64)
def _of_scope(graph, scope):
    seeds = [op for op in graph.operations
             if graph.gradient_scope(op) == scope and graph.is_seed(op) and op.outputs
             and any(not graph.is_seed(use) for use in op.outputs[0].consumers())]
    return [loss for loss in (_of_seed(graph, scope, seed) for seed in seeds) if loss]


def _of_seed(graph, scope, seed):
    """`Loss` to which the operations that are differentiated first lead, or None."""
    names = {graph.forward_of(op) for op in seed.outputs[0].consumers()
             if graph.gradient_scope(op) == scope} - {None}
    first = {graph.graph.get_operation_by_name(name) for name in names if graph.has(name)}
    if not first and len(names) == 1:
        return Loss(scope, names.pop() + ":0", False, True, False)
    candidates = None
    for op in first:
        reached = _downstream(graph, op)
        candidates = reached if candidates is None else [
            each for each in candidates if each in reached]
    if not candidates:
        return None
    fetched = {name for call in graph.captured.calls for name in call.fetches}
    names = [op.outputs[0].name for op in candidates]
    chosen = ([name for name in names if name in fetched] or names)[0]
    return Loss(scope, chosen, chosen in fetched, len(first) == 1 or len(names) == 1
                or chosen in fetched)


def _downstream(graph, op):
    """List of an operation and of those that pass it on or sum it up, the nearest first."""
    found, layer = [op], [op]
    for _ in range(_SUMMING):
        uses = {use for each in layer for tensor in each.outputs for use in tensor.consumers()
                if use.type in _LINKS and not graph.is_backward(use)
                and use.outputs[0].shape.ndims in (0, None)}
        layer = sorted(uses - set(found), key=graph.order)
        found.extend(layer)
    return found


def forward_operations(graph, losses, gradients):
    """Set of operations of the forward pass from which losses or gradients are computed."""
    starts = [graph.tensor(loss.tensor) for loss in losses if loss.captured]
    starts += list(gradients)
    return {op for op in tensors.ancestors(starts) if not graph.is_backward(op)}


def computed_by(graph, loss, ends) -> Tuple[str, ...]:
    """Types of the operations between networks' outputs and a loss, in order.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      loss: name of the loss tensor.
      ends: names of the networks' outputs; any other layer ends the walk, too.
    """
    def is_layer(op):
        return any(tensor.name in ends for tensor in op.outputs) or (
            op.type not in ("L2Loss",) + tensors.PASSING and any(
                graph.variables.get(tensors.variable_of(tensor), {}).get("trainable")
                for tensor in op.inputs))

    ops = tensors.ancestors([graph.tensor(loss)], is_layer)
    left_out = ("Const", "Placeholder") + tensors.PASSING + tensors.VARIABLE_TYPES
    return tuple(op.type for op in sorted(ops, key=graph.order)
                 if op.type not in left_out and not is_layer(op))
