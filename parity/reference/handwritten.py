"""Updates without an apply operation: those of hand-written optimisers, Adam among them."""

from parity.reference import parts
from parity.reference import sparse_updates
from parity.reference import tensors


def read(graph, op):
    """The `Parts` of an operation that writes a trainable variable by its gradient, or None.

    Args:
      graph: a `parity.reference.structure.Structure`.
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
    return (sparse_updates.adam(graph, variable, value) or _written_adam(op, variable, value)
            or _other(graph, op, variable, value, slots))


def _slots(graph, variable, ops):
    """Variables of the same shape among operations that some gradient is added to."""
    shape, found = graph.variables[variable]["shape"], []
    for op in sorted(ops, key=graph.order):
        entry = graph.variables.get(op.name)
        if entry and not entry["trainable"] and entry["shape"] == shape and any(
                map(graph.is_backward, _written_from(graph, op.name))):
            found.append(op.name)
    return found


def _written_from(graph, variable):
    """Operations from which the values of an update of a variable are computed."""
    values = [use.inputs[-1] for use in graph.operations
              if use.type in parts.SCATTERS + parts.WRITES
              and tensors.variable_of(use.inputs[0]) == variable]
    return tensors.ancestors(values, graph.is_backward)


def _written_adam(op, variable, value):
    """Adam in plain operations: variable - rate * (m / (sqrt(v) + epsilon) + decay * variable)."""
    step = value
    if op.type in ("Assign", "AssignVariableOp"):
        difference = tensors.through(value).op
        if difference.type != "Sub" or tensors.variable_of(difference.inputs[0]) != variable:
            return None
        step = difference.inputs[1]
    constants, (rate, quotient) = {}, _quotient(step)
    if quotient is not None and quotient.type in tensors.ADDITIONS:  # decoupled weight decay
        decayed = [tensors.with_constant(tensors.through(each).op) for each in quotient.inputs]
        known = [(index, each) for index, each in enumerate(decayed)
                 if each and tensors.variable_of(each[0]) == variable]
        if not known:
            return None
        constants["weight_decay"] = known[0][1][1]
        quotient = tensors.through(quotient.inputs[1 - known[0][0]]).op
    moments = None if quotient is None else _moments(quotient)
    if moments is None or rate is None:
        return None
    first, second, epsilon = moments
    constants.update(beta1=first[0], beta2=second[0], epsilon=epsilon)
    given = sparse_updates.uncorrected(rate)
    kind = "hand-written Adam" + ("" if given.name != rate.name else " without bias correction")
    slots = {"m": first[1], "v": second[1]}
    return parts.Parts(kind, False, variable, slots, given, constants, first[2])


def _quotient(step):
    """(rate, operation) of rate * quotient, or of rate * m / root; (None, None) for others."""
    op = tensors.through(step).op
    if op.type == "Mul":
        for rate, other in (op.inputs, reversed(op.inputs)):
            inner = tensors.through(other).op
            if inner.type in ("RealDiv", "Div") + tensors.ADDITIONS and (
                    tensors.scalar(other) is None and other.shape.ndims != 0):
                return rate, inner
    if op.type in ("RealDiv", "Div") and tensors.through(op.inputs[0]).op.type == "Mul":
        first, second = tensors.through(op.inputs[0]).op.inputs
        return (first if first.shape.ndims == 0 else second), op
    return None, None


def _moments(quotient):
    """((beta1, m, gradient), (beta2, v, square), epsilon) of m / (sqrt(v) + epsilon), or None."""
    if quotient.type not in ("RealDiv", "Div"):
        return None
    above, below = (tensors.through(tensor).op for tensor in quotient.inputs)
    if above.type == "Mul":  # rate * m
        above = next((each for each in (tensors.through(tensor).op for tensor in above.inputs)
                      if each.type in tensors.ADDITIONS), above)
    added = tensors.with_constant(below) if below.type in tensors.ADDITIONS else None
    root = tensors.through(added[0]).op if added else None
    if root is None or root.type != "Sqrt":
        return None
    first, second = _mixed(above), _mixed(tensors.through(root.inputs[0]).op)
    return (first, second, added[1]) if first and second else None


def _mixed(op):
    """(decay, slot, what is mixed in) of decay * slot + (1 - decay) * value, or None."""
    if op.type not in tensors.ADDITIONS:
        return None
    terms = [tensors.through(tensor).op for tensor in op.inputs]
    scaled = [tensors.with_constant(term) if term.type == "Mul" else None for term in terms]
    for (old, new) in (scaled, reversed(scaled)):
        slot = tensors.variable_of(old[0]) if old else None
        if slot and new:
            return old[1], slot, new[0]
    return None


def _other(graph, op, variable, value, slots):
    """A hand-written update: its slots and the numbers in it, by the names of the constants."""
    ops = tensors.ancestors([value], lambda each: graph.is_backward(each)
                              or each.op_def.name in ("VariableV2", "VarHandleOp"))
    constants = {}
    for each in sorted(ops, key=graph.order):
        if each.type == "Const" and not graph.is_backward(each):
            number = tensors.scalar(each.outputs[0])
            if number is not None and each.outputs[0].dtype.is_floating:
                constants[each.name] = number
    gradient = _gradient(graph, op, ops, slots)
    return parts.Parts("hand-written", False, variable,
                 {"slot {}".format(index + 1): name for index, name in enumerate(slots)},
                 None, constants, value if gradient is None else gradient)


def _gradient(graph, op, ops, slots):
    """What an update takes from the backward pass: one tensor, or None."""
    reached = set(ops).union(*[_written_from(graph, name) for name in slots])
    given = {tensor.name: tensor for each in reached if not graph.is_backward(each)
             for tensor in each.inputs if graph.is_backward(tensor.op)}
    return given[sorted(given)[0]] if given else None
