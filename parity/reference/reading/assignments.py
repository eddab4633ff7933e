"""Finds writes of variables beside the optimisers': averages, counters, weight clips, copies."""

from typing import NamedTuple, Optional, Tuple

from parity.reference.reading import structure
from parity.reference.reading import tensors
from parity.reference.reading import updates

_WRITES = ("Assign", "AssignAdd", "AssignSub", "AssignVariableOp", "AssignAddVariableOp",
           "AssignSubVariableOp")
SETTING = ("Assign", "AssignVariableOp")
# Kinds of what is set to itself within bounds.
CLIPS = ("clip", "slot clip")
PASSING = tensors.PASSING + ("Cast", "Reshape", "Squeeze")


class MovingAverage(NamedTuple):
    """An exponential moving average: average * decay + value * (1 - decay).

    Attributes:
      variable: name of the average.
      operation: name of the operation that writes it.
      source: name of the averaged variable, else of the averaged tensor.
      decay: the decay, or None where it is no constant.
      counter: name of the variable n where the decay is min(decay, (1 + n) / (10 + n)), else "".
      of_variable: True where a variable is averaged, False where a tensor is.
    """
    variable: str
    operation: str
    source: str
    decay: Optional[float]
    counter: str
    of_variable: bool


class Assignment(NamedTuple):
    """A write of a variable by training that is neither an update nor a moving average.

    Attributes:
      variable: name of the written variable.
      operation: name of the operation that writes it.
      kind: "counter", "clip", "slot clip", "copy", "set" or "other".
      numbers: a counter's increment, or a clip's (lowest, highest).
      source: name of the copied variable or fed tensor, or types of the operations.
    """
    variable: str
    operation: str
    kind: str
    numbers: Tuple[float, ...] = ()
    source: str = ""


def writes(captured):
    """Yields (operation, variable) of all writes that belong to no optimiser.

    Of slots, which optimisers write, only clips do not.
    """
    known, slots = {update.operation for update in updates.read(captured)}, _slots(captured)
    for op in structure.of(captured).operations:
        variable = tensors.variable_of(op.inputs[0]) if op.inputs else None
        if op.type in _WRITES and op.name not in known and variable and (
                variable not in slots or _bounds(op, variable)):
            yield op, variable


def _slots(captured):
    return {name for update in updates.read(captured) for name in update.slots.values()}


def moving_averages(captured):
    """List of `MovingAverage`s of a capture, in the order of the graph."""
    found = (_average(op, variable) for op, variable in writes(captured))
    return [average for average in found if average]


def others(captured):
    """List of `Assignment`s of a capture, in the order of the graph."""
    graph, slots = structure.of(captured), _slots(captured)
    return [Assignment(variable, op.name, *_assignment(graph, op, variable, slots))
            for op, variable in writes(captured) if not _average(op, variable)]


def _average(op, variable):
    """`MovingAverage` of `average -= (average - value) * (1 - decay)`, or as of `_mixture`."""
    value = tensors.through(op.inputs[1], PASSING).op
    if op.type.startswith("AssignSub") and value.type == "Mul":
        for difference, weight in (value.inputs, reversed(value.inputs)):
            inner = tensors.through(difference, PASSING).op
            if inner.type == "Sub" and tensors.variable_of(
                    inner.inputs[0], PASSING) == variable:
                return _made(op, variable, inner.inputs[1], *_decay(weight))
    if op.type in SETTING and value.type in ("Add", "AddV2"):
        return _mixture(op, variable, [tensors.through(each, PASSING).op for each in value.inputs])
    return None


def _mixture(write, variable, terms):
    """`MovingAverage` of the terms decay * average and (1 - decay) * value; else None."""
    scaled = [tensors.with_constant(term) if term.type == "Mul" else None for term in terms]
    if None in scaled or abs(scaled[0].number + scaled[1].number - 1.0) > 1e-6:
        return None
    for average, other in (scaled, reversed(scaled)):
        if tensors.variable_of(average.other, PASSING) == variable:
            return _made(write, variable, other.other, average.number, "")
    return None


def _made(write, variable, value, decay, counter):
    source = tensors.variable_of(value, PASSING)
    return MovingAverage(variable, write.name, source or tensors.through(value, PASSING).name,
                         decay, counter, source is not None)


def _decay(weight):
    """(decay, counter) of a weight 1 - decay."""
    constant = tensors.scalar(weight)
    if constant is not None:
        return _rest(constant), ""
    op = tensors.through(weight, PASSING).op
    given = tensors.through(op.inputs[1], PASSING).op if op.type == "Sub" else op
    if given.type == "Minimum":
        bounded = tensors.with_constant(given)
        counters = sorted(each.name for each in tensors.ancestors([given.outputs[0]])
                          if each.type in tensors.VARIABLE_TYPES)
        return (bounded.number if bounded else None), ", ".join(counters)
    if given.type == "Merge":  # a decay in training, 1 otherwise
        values = [tensors.scalar(tensor) for tensor in given.inputs]
        if None not in values:
            return min(values) if op.type == "Sub" else _rest(max(values)), ""
    return None, ""


def _rest(weight):
    return float("{:.7g}".format(1.0 - weight))


def _assignment(graph, op, variable, slots):
    """(kind, numbers, source) of an `Assignment`."""
    value = tensors.through(op.inputs[1], PASSING)
    step = tensors.scalar(op.inputs[1])
    if op.type.startswith("AssignAdd") and step is not None:
        return "counter", (step,)
    added = tensors.with_constant(value.op) if value.op.type in tensors.ADDITIONS else None
    if added and tensors.variable_of(added.other, PASSING) == variable:
        return "counter", (added.number,)
    source = tensors.variable_of(value, PASSING)
    if source:
        return "copy", (), source
    if value.op.type == "Placeholder":
        return "set", (), value.op.name
    if step is not None:
        return "set", (), tensors.number(step)
    bounds = _bounds(op, variable)
    if bounds:
        return "slot clip" if variable in slots else "clip", bounds
    types = {each.type for each in tensors.ancestors([value], graph.is_backward)
             if not graph.is_backward(each)} - {"Const"} - set(PASSING)
    types -= set(tensors.VARIABLE_TYPES)
    return "other", (), ", ".join(sorted(types)[:6])


def _bounds(write, variable):
    """(lowest, highest) where a variable is set to itself within bounds; else None."""
    if write.type not in SETTING:
        return None
    op = tensors.through(write.inputs[1], PASSING).op
    if op.type == "ClipByValue":
        bounds = tuple(tensors.scalar(tensor) for tensor in op.inputs[1:])
        inside = op.inputs[0]
    else:
        outer = tensors.with_constant(op) if op.type in ("Maximum", "Minimum") else None
        inner_op = tensors.through(outer.other).op if outer else None
        inner = tensors.with_constant(inner_op) if inner_op is not None and (
            inner_op.type in ("Maximum", "Minimum")) else None
        if not inner:
            return None
        bounds, inside = tuple(sorted((outer.number, inner.number))), inner.other
    return bounds if None not in bounds and tensors.variable_of(inside) == variable else None
