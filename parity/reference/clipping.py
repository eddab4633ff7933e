"""What stands between the backward pass and an optimiser: clipping, scaling, weight decay."""

from typing import List, NamedTuple, Tuple

from parity.reference import structure

_NORM_TYPES = ("L2Loss", "Sqrt", "Rsqrt")
# How optimisers add up the rows of a sparse gradient that meet in one row of a variable.
_ROWS = ("UnsortedSegmentSum",)
_UNCHANGED = ("CheckNumerics", "EnsureShape", "Identity", "PreventGradient", "Snapshot") + _ROWS
_DIVISIONS = ("RealDiv", "Div", "DivNoNan")


class Change(NamedTuple):
    """A change of a gradient on its way to the optimiser.

    Attributes:
      kind: "clip by global norm", "clip by norm", "clip by average norm", "clip by value",
        "scaled", "weight decay", "gathered", "averaged", "summed" or "other".
      numbers: bounds, factors or rates: one, or of a clip by value (lowest, highest).
      detail: the tensor, variable or operations that the kind refers to, or "".
    """
    kind: str
    numbers: Tuple[float, ...] = ()
    detail: str = ""


class Path(NamedTuple):
    """A gradient's way: its changes in the order in which they happen, and where it came from."""
    changes: List[Change]
    computed: List[object]


def path(graph, tensor):
    """The `Path` of a gradient that an optimiser is given.

    Args:
      graph: a `parity.reference.structure.Structure`.
      tensor: the gradient as given.
    """
    changes = []
    while not graph.is_backward(tensor.op):
        if tensor.op.type in _UNCHANGED and structure.variable_of(tensor) is None:
            tensor = tensor.op.inputs[0]
            continue
        found = next(filter(None, (match(graph, tensor.op) for match in _MATCHERS)), None)
        if found is None:
            ends = _ends(graph, tensor)
            if len(ends) > 1 or (ends and ends[0].name != tensor.name):
                changes.append(Change("other", (), _between(graph, tensor)))
            return Path(changes[::-1], ends or [tensor])
        change, tensor = found
        changes.append(change)
        if isinstance(tensor, list):
            return Path(changes[::-1], tensor)
    return Path(changes[::-1], [tensor])


def _ends(graph, tensor):
    """Tensors of the backward pass that a tensor is computed from."""
    ops = structure.ancestors([tensor], graph.is_backward)
    ends = {each.name: each for op in ops if not graph.is_backward(op) for each in op.inputs
            if graph.is_backward(each.op)}
    return [ends[name] for name in sorted(ends)]


def _between(graph, tensor):
    ops = structure.ancestors([tensor], graph.is_backward)
    return ", ".join(sorted({op.type for op in ops if not graph.is_backward(op)} - {"Const"}))


def _depends(graph, tensor):
    """Whether a tensor is computed from a gradient."""
    return any(map(graph.is_backward, structure.ancestors([tensor], graph.is_backward)))


# ---- One function a change: (Change, the gradient before it) or None ------------------------


def _by_value(graph, op):
    """maximum(minimum(gradient, highest), lowest), or its one operation."""
    if op.type == "ClipByValue":
        bounds = [structure.scalar(tensor) for tensor in op.inputs[1:]]
        return (Change("clip by value", tuple(bounds)), op.inputs[0]) if None not in bounds else (
            None)
    outer = structure.with_constant(op) if op.type in ("Maximum", "Minimum") else None
    if outer is None:
        return None
    inner_op = structure.through(outer[0]).op
    inner = structure.with_constant(inner_op) if inner_op.type in (
        {"Maximum", "Minimum"} - {op.type}) else None
    if inner is None:
        return None
    return Change("clip by value", tuple(sorted((outer[1], inner[1])))), inner[0]


def _by_norm(graph, op):
    """gradient * bound / maximum(norm, bound), as tf.clip_by_norm computes it."""
    if op.type not in _DIVISIONS or structure.through(op.inputs[1]).op.type != "Maximum":
        return None
    bounded = structure.with_constant(structure.through(op.inputs[1]).op)
    product = structure.through(op.inputs[0]).op
    scaled = structure.with_constant(product) if product.type == "Mul" else None
    if bounded is None or scaled is None or not _depends(graph, bounded[0]):
        return None
    ops = structure.ancestors([bounded[0]], graph.is_backward)
    mean = any(each.type == "Mean" for each in ops if not graph.is_backward(each))
    return Change("clip by average norm" if mean else "clip by norm", (bounded[1],)), scaled[0]


def _by_scale(graph, op):
    """gradient * scale, where the scale is made of a norm, is a constant, or something else."""
    if op.type not in ("Mul",) + _DIVISIONS:
        return None
    found = structure.with_constant(op)
    if found and (op.type == "Mul" or found[0].name == op.inputs[0].name):
        factor = found[1] if op.type == "Mul" else 1.0 / found[1]
        return Change("scaled", (factor,)), found[0]
    gradient, scale = _sides(graph, op)
    if scale is None:
        return None
    if not _depends(graph, scale):
        return Change("scaled", (), scale.name), gradient
    ops = [each for each in structure.ancestors([scale], graph.is_backward)
           if not graph.is_backward(each)]
    if not any(each.type in _NORM_TYPES for each in ops):
        return None
    bound, types = _bound(ops, op), {each.type for each in ops}
    kind = "clip by global norm" if "L2Loss" in types or len(_ends(graph, scale)) > 1 else (
        "clip by norm")
    scaled = structure.with_constant(gradient.op) if gradient.op.type == "Mul" else None
    if scaled and scaled[1] == bound:  # tf.clip_by_average_norm multiplies by the bound first
        kind, gradient = "clip by average norm", scaled[0]
    return Change(kind, () if bound is None else (bound,)), gradient


def _sides(graph, op):
    """(gradient, scale) of a product or quotient; the scale is None where that is not certain."""
    first, second = op.inputs
    if second.shape.ndims == 0 and _depends(graph, first):
        return first, second
    if op.type == "Mul" and first.shape.ndims == 0 and _depends(graph, second):
        return second, first
    return first, None


def _bound(ops, op):
    """The norm that a scale keeps to: clip / maximum(norm, clip), or min(1 / norm, 1 / clip)."""
    for each in ops + [op]:
        if each.type == "Minimum":
            sides = [structure.through(tensor).op for tensor in each.inputs]
            for side in sides:
                values = list(map(structure.scalar, side.inputs)) if (
                    side.type in _DIVISIONS) else [None]
                if None not in values:
                    return values[1] / values[0]
    for each in ops:
        bounded = structure.with_constant(each) if each.type == "Maximum" else None
        if bounded:
            return bounded[1]
    for each in ops:
        value = structure.scalar(each.inputs[0]) if each.type in _DIVISIONS else None
        if value is not None:
            return value
    return None


def _weight_decay(graph, op):
    """gradient + rate * variable."""
    if op.type not in ("Add", "AddV2", "AddN") or len(op.inputs) != 2:
        return None
    for gradient, other in (op.inputs, reversed(op.inputs)):
        product = structure.through(other).op
        scaled = structure.with_constant(product) if product.type == "Mul" else None
        name = structure.variable_of(scaled[0]) if scaled else None
        if name and _depends(graph, gradient):
            return Change("weight decay", (scaled[1],), name), gradient
    return None


def _over_towers(graph, op):
    """A sum or mean of the gradients of several backward passes."""
    if op.type == "AddN" and all(graph.is_backward(each.op) for each in op.inputs):
        return Change("summed", (len(op.inputs),)), list(op.inputs)
    joined = structure.through(op.inputs[0], structure.PASSING).op if op.inputs else None
    if op.type != "Mean" or joined.type not in ("ConcatV2", "Pack"):
        return None
    ends = [structure.through(each, structure.PASSING + ("ExpandDims",)) for each in joined.inputs
            if _depends(graph, each)]
    return (Change("averaged", (len(ends),)), ends) if all(
        graph.is_backward(each.op) for each in ends) else None


def _gathered(graph, op):
    """A variable in which earlier calls added gradients up."""
    name = structure.variable_of(op.outputs[0]) if op.outputs else None
    for use in graph.operations if name else ():
        if use.type in ("AssignAdd", "AssignAddVariableOp") and (
                structure.variable_of(use.inputs[0]) == name):
            return Change("gathered", (), name), use.inputs[1]
    return None


_MATCHERS = (_by_value, _by_norm, _by_scale, _weight_decay, _over_towers, _gathered)


def words(change):
    """A change in words: "clipped by global norm to 2.0"."""
    numbers = [structure.number(value) for value in change.numbers]
    if change.kind == "clip by value":
        return "clipped by value to [{}, {}]".format(*numbers)
    if change.kind.startswith("clip"):
        return "clipped{} to {}".format(change.kind[len("clip"):], (numbers + ["?"])[0])
    return {
        "scaled": "multiplied by {}".format((numbers + [change.detail])[0]),
        "weight decay": "plus {} times the variable".format((numbers + ["?"])[0]),
        "gathered": "gathered over several calls",
        "averaged": "averaged over {} backward passes".format((numbers + ["?"])[0]),
        "summed": "summed over {} backward passes".format((numbers + ["?"])[0]),
        "other": "other operations: {}".format(change.detail)}[change.kind]
