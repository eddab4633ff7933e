"""Recognises updates without an apply operation: sparse ones, and hand-written optimisers."""

from parity.reference.reading import parts
from parity.reference.reading import sparse_updates
from parity.reference.reading import tensors
from parity.reference.reading import written_formulas


def read(graph, op):
    """`Parts` of an operation that writes a trainable variable by its gradient, or None.

    Args:
      graph: a `parity.reference.reading.structure.Structure`.
      op: any operation of the graph.
    """
    if op.type not in parts.SCATTERS + parts.WRITES:
        return None
    variable = tensors.variable_of(op.inputs[0])
    if variable is None or not graph.variables.get(variable, {}).get("trainable"):
        return None
    value = op.inputs[2] if op.type in parts.SCATTERS else op.inputs[1]
    reached = tensors.ancestors([value], graph.is_backward)
    slots = _slots(graph, variable, reached)
    if not any(map(graph.is_backward, reached)) and not slots:
        return None
    if op.type in parts.SCATTERS:
        return sparse_updates.scattered(graph, variable, value)
    return (sparse_updates.adam(graph, variable, value)
            or written_formulas.adam(graph, op, variable, value)
            or written_formulas.momentum(graph, op, variable, value)
            or _other(graph, op, variable, value, slots))


def slots_of(graph, variable):
    """Names of slots: variables of the same shape on which the writes of a variable depend.

    Keras 2 marks the slots of its optimisers as trainable.
    """
    values = [use.inputs[1] for use in graph.operations if use.type in parts.WRITES
              and tensors.variable_of(use.inputs[0]) == variable]
    return _slots(graph, variable, tensors.ancestors(values, graph.is_backward))


def _slots(graph, variable, ops):
    """Names of variables of the same shape, among operations, that are written by a gradient."""
    shape, found = graph.variables[variable]["shape"], []
    for op in sorted(ops, key=graph.order):
        entry = graph.variables.get(op.name)
        if entry and op.name != variable and entry["shape"] == shape and any(
                map(graph.is_backward, _written_from(graph, op.name))):
            found.append(op.name)
    return found


def _written_from(graph, variable):
    """Operations from which the values written to a variable are computed."""
    values = [use.inputs[-1] for use in graph.operations
              if use.type in parts.SCATTERS + parts.WRITES
              and tensors.variable_of(use.inputs[0]) == variable]
    return tensors.ancestors(values, graph.is_backward)


def _other(graph, op, variable, value, slots):
    """`Parts` of a hand-written update: its slots, and its numbers by names of the constants."""
    ops = tensors.ancestors([value], lambda each: graph.is_backward(each)
                              or each.op_def.name in ("VariableV2", "VarHandleOp"))
    constants = {}
    for each in sorted(ops, key=graph.order):
        if each.type == "Const" and not graph.is_backward(each):
            number = tensors.scalar(each.outputs[0])
            if number is not None and each.outputs[0].dtype.is_floating:
                constants[each.name] = number
    gradient = _gradient(graph, op, ops, slots)
    roles = {"slot {}".format(index + 1): name for index, name in enumerate(slots)}
    return parts.Parts("hand-written", False, variable, roles, None, constants,
                       value if gradient is None else gradient)


def _gradient(graph, op, ops, slots):
    """Tensor of the backward pass that an update uses, or None."""
    reached = set(ops).union(*[_written_from(graph, name) for name in slots])
    given = {tensor.name: tensor for each in reached if not graph.is_backward(each)
             for tensor in each.inputs if graph.is_backward(tensor.op)}
    return given[sorted(given)[0]] if given else None
