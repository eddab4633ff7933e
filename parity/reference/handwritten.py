"""Updates without an apply operation: sparse ones of TensorFlow 1, and hand-written optimisers."""

from typing import Dict, NamedTuple, Optional

from parity.reference import structure

_SCATTERS = ("ScatterAdd", "ScatterSub", "ResourceScatterAdd", "ResourceScatterSub")
_WRITES = ("Assign", "AssignAdd", "AssignSub", "AssignVariableOp", "AssignAddVariableOp",
           "AssignSubVariableOp")


class Parts(NamedTuple):
    """What an update is made of; `rate` and `gradient` are tensors, the rest as in `Update`."""
    kind: str
    sparse: bool
    variable: str
    slots: Dict[str, str]
    rate: Optional[object]
    constants: Dict[str, float]
    gradient: object


def read(graph, op):
    """The `Parts` of an operation that writes a trainable variable by its gradient, or None.

    Args:
      graph: a `parity.reference.structure.Structure`.
      op: any operation of the graph.
    """
    if op.type not in _SCATTERS + _WRITES:
        return None
    variable = structure.variable_of(op.inputs[0])
    if variable is None or not graph.variables.get(variable, {}).get("trainable"):
        return None
    value = op.inputs[2] if op.type in _SCATTERS else op.inputs[1]
    reached = structure.ancestors([value], graph.is_backward)
    slots = _slots(graph, variable, reached)
    if not any(map(graph.is_backward, reached)) and not slots:
        return None
    if op.type in _SCATTERS:
        return _scattered(graph, variable, value)
    return (_sparse_adam(graph, variable, value) or _written_adam(op, variable, value)
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
    values = [use.inputs[-1] for use in graph.operations if use.type in _SCATTERS + _WRITES
              and structure.variable_of(use.inputs[0]) == variable]
    return structure.ancestors(values, graph.is_backward)


def _scattered(graph, variable, value):
    """Gradient descent on the rows that a batch used: minus rate times gradient."""
    product = structure.through(value).op
    if product.type == "Neg":
        product = structure.through(product.inputs[0]).op
    if product.type != "Mul":
        return Parts("hand-written", True, variable, {}, None, {}, value)
    rates = [tensor for tensor in product.inputs
             if not any(map(graph.is_backward, structure.ancestors([tensor], graph.is_backward)))]
    gradient = value
    if len(rates) == 1:
        gradient = next(tensor for tensor in product.inputs if tensor.name != rates[0].name)
    if gradient.op.type == "Neg" and not graph.is_backward(gradient.op):
        gradient = gradient.op.inputs[0]
    return Parts("gradient descent", True, variable, {}, rates[0] if len(rates) == 1 else None,
                 {}, gradient)


def _sparse_adam(graph, variable, value):
    """tf.train.AdamOptimizer on rows: rate * m / (sqrt(v) + epsilon), m and v decayed whole."""
    quotient = structure.through(value).op
    if quotient.type not in ("RealDiv", "Div"):
        return None
    product, below = (structure.through(tensor).op for tensor in quotient.inputs)
    added = structure.with_constant(below) if below.type in structure.ADDITIONS else None
    root = structure.through(added[0]).op if added else None
    if product.type != "Mul" or root is None or root.type != "Sqrt":
        return None
    slots = {"v": structure.variable_of(root.inputs[0])}
    moments = [structure.variable_of(tensor) for tensor in product.inputs]
    slots["m"] = next((name for name in moments if name), None)
    first, second = (_decayed(graph, slots[role]) for role in ("m", "v"))
    if not first or not second:
        return None
    corrected = product.inputs[1 - moments.index(slots["m"])]
    return Parts("Adam", True, variable, slots, _uncorrected(corrected),
                 {"beta1": first[0], "beta2": second[0], "epsilon": added[1]}, first[1])


def _decayed(graph, slot):
    """(decay, gradient) of a slot that is decayed whole and then added to by rows, or None."""
    decay = gradient = None
    for use in graph.operations if slot else ():
        if use.type not in _SCATTERS + _WRITES or structure.variable_of(use.inputs[0]) != slot:
            continue
        product = structure.through(use.inputs[-1]).op
        scaled = structure.with_constant(product) if product.type == "Mul" else None
        if scaled and use.type in _SCATTERS:
            gradient = scaled[0]
        elif scaled:
            decay = scaled[1]
    return None if decay is None or gradient is None else (decay, gradient)


def _uncorrected(tensor):
    """The rate itself of rate * sqrt(1 - beta2 ^ t) / (1 - beta1 ^ t)."""
    op = structure.through(tensor).op
    product = structure.through(op.inputs[0]).op if op.type in ("RealDiv", "Div") else op
    if product.type != "Mul":
        return tensor
    for rate, other in (product.inputs, reversed(product.inputs)):
        if structure.through(other).op.type == "Sqrt":
            return rate
    return tensor


def _written_adam(op, variable, value):
    """Adam in plain operations: variable - rate * (m / (sqrt(v) + epsilon) + decay * variable)."""
    step = value
    if op.type in ("Assign", "AssignVariableOp"):
        difference = structure.through(value).op
        if difference.type != "Sub" or structure.variable_of(difference.inputs[0]) != variable:
            return None
        step = difference.inputs[1]
    constants, (rate, quotient) = {}, _quotient(step)
    if quotient is not None and quotient.type in structure.ADDITIONS:  # decoupled weight decay
        decayed = [structure.with_constant(structure.through(each).op) for each in quotient.inputs]
        known = [(index, each) for index, each in enumerate(decayed)
                 if each and structure.variable_of(each[0]) == variable]
        if not known:
            return None
        constants["weight_decay"] = known[0][1][1]
        quotient = structure.through(quotient.inputs[1 - known[0][0]]).op
    moments = None if quotient is None else _moments(quotient)
    if moments is None or rate is None:
        return None
    first, second, epsilon = moments
    constants.update(beta1=first[0], beta2=second[0], epsilon=epsilon)
    given = _uncorrected(rate)
    kind = "hand-written Adam" + ("" if given.name != rate.name else " without bias correction")
    return Parts(kind, False, variable, {"m": first[1], "v": second[1]}, given, constants, first[2])


def _quotient(step):
    """(rate, operation) of rate * quotient, or of rate * m / root; (None, None) for others."""
    op = structure.through(step).op
    if op.type == "Mul":
        for rate, other in (op.inputs, reversed(op.inputs)):
            inner = structure.through(other).op
            if inner.type in ("RealDiv", "Div") + structure.ADDITIONS and (
                    structure.scalar(other) is None and other.shape.ndims != 0):
                return rate, inner
    if op.type in ("RealDiv", "Div") and structure.through(op.inputs[0]).op.type == "Mul":
        first, second = structure.through(op.inputs[0]).op.inputs
        return (first if first.shape.ndims == 0 else second), op
    return None, None


def _moments(quotient):
    """((beta1, m, gradient), (beta2, v, square), epsilon) of m / (sqrt(v) + epsilon), or None."""
    if quotient.type not in ("RealDiv", "Div"):
        return None
    above, below = (structure.through(tensor).op for tensor in quotient.inputs)
    if above.type == "Mul":  # rate * m
        above = next((each for each in (structure.through(tensor).op for tensor in above.inputs)
                      if each.type in structure.ADDITIONS), above)
    added = structure.with_constant(below) if below.type in structure.ADDITIONS else None
    root = structure.through(added[0]).op if added else None
    if root is None or root.type != "Sqrt":
        return None
    first, second = _mixed(above), _mixed(structure.through(root.inputs[0]).op)
    return (first, second, added[1]) if first and second else None


def _mixed(op):
    """(decay, slot, what is mixed in) of decay * slot + (1 - decay) * value, or None."""
    if op.type not in structure.ADDITIONS:
        return None
    terms = [structure.through(tensor).op for tensor in op.inputs]
    scaled = [structure.with_constant(term) if term.type == "Mul" else None for term in terms]
    for (old, new) in (scaled, reversed(scaled)):
        slot = structure.variable_of(old[0]) if old else None
        if slot and new:
            return old[1], slot, new[0]
    return None


def _other(graph, op, variable, value, slots):
    """A hand-written update: its slots and the numbers in it, by the names of the constants."""
    ops = structure.ancestors([value], lambda each: graph.is_backward(each)
                              or each.op_def.name in ("VariableV2", "VarHandleOp"))
    constants = {}
    for each in sorted(ops, key=graph.order):
        if each.type == "Const" and not graph.is_backward(each):
            number = structure.scalar(each.outputs[0])
            if number is not None and each.outputs[0].dtype.is_floating:
                constants[each.name] = number
    gradient = _gradient(graph, op, ops, slots)
    return Parts("hand-written", False, variable,
                 {"slot {}".format(index + 1): name for index, name in enumerate(slots)},
                 None, constants, value if gradient is None else gradient)


def _gradient(graph, op, ops, slots):
    """What an update takes from the backward pass: one tensor, or None."""
    reached = set(ops).union(*[_written_from(graph, name) for name in slots])
    given = {tensor.name: tensor for each in reached if not graph.is_backward(each)
             for tensor in each.inputs if graph.is_backward(tensor.op)}
    return given[sorted(given)[0]] if given else None
