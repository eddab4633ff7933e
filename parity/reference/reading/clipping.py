"""Recognises clipping, scaling and weight decay in the operations that change a gradient."""

from parity.reference.reading import changes
from parity.reference.reading import tensors

_NORM_TYPES = ("L2Loss", "Sqrt", "Rsqrt")
_DIVISIONS = ("RealDiv", "Div", "DivNoNan")


def ends(graph, tensor):
    """Tensors of the backward pass from which a tensor is computed, sorted by name."""
    ops = tensors.ancestors([tensor], graph.is_backward)
    ends = {each.name: each for op in ops if not graph.is_backward(op) for each in op.inputs
            if graph.is_backward(each.op)}
    return [ends[name] for name in sorted(ends)]


def depends(graph, tensor):
    """True where a tensor is computed from a gradient."""
    return any(map(graph.is_backward, tensors.ancestors([tensor], graph.is_backward)))


# One function for each kind of change. Each returns (Change, tensor of the gradient before it),
# a list of tensors for several backward passes, or None where it does not match.


def _by_value(graph, op):
    """Matches maximum(minimum(gradient, highest), lowest), or ClipByValue."""
    if op.type == "ClipByValue":
        bounds = [tensors.scalar(tensor) for tensor in op.inputs[1:]]
        if None in bounds:
            return None
        return changes.Change("clip by value", tuple(bounds)), op.inputs[0]
    outer = tensors.with_constant(op) if op.type in ("Maximum", "Minimum") else None
    if outer is None:
        return None
    inner_op = tensors.through(outer.other).op
    inner = tensors.with_constant(inner_op) if inner_op.type in (
        {"Maximum", "Minimum"} - {op.type}) else None
    if inner is None:
        return None
    return changes.Change("clip by value", tuple(sorted((outer.number, inner.number)))), inner.other


def _by_norm(graph, op):
    """Matches gradient * bound / maximum(norm, bound), as tf.clip_by_norm computes it."""
    if op.type not in _DIVISIONS or tensors.through(op.inputs[1]).op.type != "Maximum":
        return None
    bounded = tensors.with_constant(tensors.through(op.inputs[1]).op)
    product = tensors.through(op.inputs[0]).op
    scaled = tensors.with_constant(product) if product.type == "Mul" else None
    if bounded is None or scaled is None or not depends(graph, bounded.other):
        return None
    ops = tensors.ancestors([bounded.other], graph.is_backward)
    mean = any(each.type == "Mean" for each in ops if not graph.is_backward(each))
    kind = "clip by average norm" if mean else "clip by norm"
    return changes.Change(kind, (bounded.number,)), scaled.other


def _by_scale(graph, op):
    """Matches gradient * scale, where the scale comes from a norm, is a constant, or is neither."""
    if op.type not in ("Mul",) + _DIVISIONS:
        return None
    found = tensors.with_constant(op)
    if found and (op.type == "Mul" or found.other.name == op.inputs[0].name):
        factor = found.number if op.type == "Mul" else 1.0 / found.number
        return changes.Change("scaled", (factor,)), found.other
    gradient, scale = _sides(graph, op)
    if scale is None:
        return None
    if not depends(graph, scale):
        return changes.Change("scaled", (), scale.name), gradient
    ops = [each for each in tensors.ancestors([scale], graph.is_backward)
           if not graph.is_backward(each)]
    if not any(each.type in _NORM_TYPES for each in ops):
        return None
    bound, types = _bound(ops, op), {each.type for each in ops}
    kind = "clip by global norm" if "L2Loss" in types or len(ends(graph, scale)) > 1 else (
        "clip by norm")
    scaled = tensors.with_constant(gradient.op) if gradient.op.type == "Mul" else None
    if scaled and scaled.number == bound:  # tf.clip_by_average_norm multiplies by the bound first
        kind, gradient = "clip by average norm", scaled.other
    return changes.Change(kind, () if bound is None else (bound,)), gradient


def _sides(graph, op):
    """(gradient, scale) of a product or quotient; the scale is None where it is not certain."""
    first, second = op.inputs
    if second.shape.ndims == 0 and depends(graph, first):
        return first, second
    if op.type == "Mul" and first.shape.ndims == 0 and depends(graph, second):
        return second, first
    return first, None


def _bound(ops, op):
    """Largest norm of a scale clip / maximum(norm, clip), or min(1 / norm, 1 / clip); or None."""
    for each in ops + [op]:
        if each.type == "Minimum":
            sides = [tensors.through(tensor).op for tensor in each.inputs]
            for side in sides:
                values = list(map(tensors.scalar, side.inputs)) if (
                    side.type in _DIVISIONS) else [None]
                if None not in values:
                    return values[1] / values[0]
    for each in ops:
        bounded = tensors.with_constant(each) if each.type == "Maximum" else None
        if bounded:
            return bounded.number
    for each in ops:
        value = tensors.scalar(each.inputs[0]) if each.type in _DIVISIONS else None
        if value is not None:
            return value
    return None


def _weight_decay(graph, op):
    """Matches gradient + rate * variable."""
    if op.type not in ("Add", "AddV2", "AddN") or len(op.inputs) != 2:
        return None
    for gradient, other in (op.inputs, reversed(op.inputs)):
        product = tensors.through(other).op
        scaled = tensors.with_constant(product) if product.type == "Mul" else None
        name = tensors.variable_of(scaled.other) if scaled else None
        if name and depends(graph, gradient):
            return changes.Change("weight decay", (scaled.number,), name), gradient
    return None


def _over_towers(graph, op):
    """Matches a sum or mean of the gradients of several backward passes."""
    if op.type == "AddN" and all(graph.is_backward(each.op) for each in op.inputs):
        return changes.Change("summed", (len(op.inputs),)), list(op.inputs)
    joined = tensors.through(op.inputs[0], tensors.PASSING).op if op.inputs else None
    if op.type != "Mean" or joined.type not in ("ConcatV2", "Pack"):
        return None
    ends = [tensors.through(each, tensors.PASSING + ("ExpandDims",)) for each in joined.inputs
            if depends(graph, each)]
    return (changes.Change("averaged", (len(ends),)), ends) if all(
        graph.is_backward(each.op) for each in ends) else None


def _gathered(graph, op):
    """Matches a variable in which earlier calls added gradients up."""
    name = tensors.variable_of(op.outputs[0]) if op.outputs else None
    for use in graph.operations if name else ():
        if use.type in ("AssignAdd", "AssignAddVariableOp") and (
                tensors.variable_of(use.inputs[0]) == name):
            return changes.Change("gathered", (), name), use.inputs[1]
    return None


MATCHERS = (_by_value, _by_norm, _by_scale, _weight_decay, _over_towers, _gathered)
