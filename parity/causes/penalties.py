"""Changes of penalties: terms of a loss that are computed from variables alone."""

import functools

from parity.causes import rewiring
from parity.causes.change import Change, Entry, Family, number
from parity.common.rungs import GRADIENTS, LOSSES
from parity.reference.reading import tensors

_FACTORS = (0.0, 0.5, 2.0)
_PASSED = ("Add", "AddV2", "AddN", "Identity")


def changes(place):
    """Yields penalties that are lost, halved or doubled."""
    for group in _groups(place):
        for factor in _FACTORS:
            yield _change(place, group, factor)


def families(place):
    """Yields penalties times any number."""
    for group in _groups(place):
        yield Family(1.0, functools.partial(_change, place, group))


def _groups(place):
    """Lists of penalties to change together: all, those of biases, those of kernels, each."""
    terms = _terms(place)
    kernels = [op for op in terms if max(map(len, _shapes(place, op)), default=0) > 1]
    biases = [op for op in terms if op not in kernels]
    groups = [terms, biases, kernels] + [[op] for op in terms]
    found = []
    for group in groups:
        if group and group not in found:
            found.append(group)
    return found


def _terms(place):
    """Scalars of variables alone that add up to penalties, in the order of the graph."""
    forward = place.operations()
    alone = {op for op in forward if _is_penalty(op)}
    waiting = [op for op in alone if any(
        use in forward and use not in alone for use in op.outputs[0].consumers())]
    terms = set()
    while waiting:
        op = waiting.pop()
        parts = [given.op for given in op.inputs if given.op in alone]
        if parts and (op.type in _PASSED or tensors.with_constant(op)):
            waiting.extend(parts)
        else:
            terms.add(op)
    return sorted(terms, key=place.graph.order)


def _is_penalty(op):
    """True where an operation computes a scalar from variables alone."""
    if not op.outputs or op.outputs[0].shape.ndims != 0 or not op.outputs[0].dtype.is_floating:
        return False
    behind = tensors.ancestors([op.outputs[0]], lambda each: each.type in tensors.VARIABLE_TYPES)
    kinds = {each.type for each in behind}
    return bool(kinds & set(tensors.VARIABLE_TYPES)) and not any(
        kind.startswith(("Placeholder", "Random")) for kind in kinds)


def _variables(op):
    """Names of the variables from which an operation computes, sorted."""
    found = tensors.ancestors([op.outputs[0]], lambda each: each.type in tensors.VARIABLE_TYPES)
    return sorted(each.name for each in found if each.type in tensors.VARIABLE_TYPES)


def _shapes(place, op):
    return [place.captured.variables[name]["shape"] for name in _variables(op)]


def _change(place, group, factor):
    """The `Change` of a list of penalties by a factor."""
    words = {0.0: "lost", 0.5: "halved", 2.0: "doubled"}.get(
        factor, "{} times the reference's".format(number(factor)))
    names = sorted({name for op in group for name in _variables(op)})
    return Change("penalty", "the penalty of {} is {}".format(", ".join(names), words),
                  _written(group, factor), (rewiring.substituted(
                      [op.outputs[0].name for op in group], lambda old: old * factor),), True)


def _written(group, factor):
    """The code of the regulariser in Keras; `tf.nn.l2_loss` is half the sum of squares."""
    kinds = {each.type for op in group for each in tensors.ancestors(
        [op.outputs[0]], lambda each: each.type in tensors.VARIABLE_TYPES)}
    if "Abs" in kinds:
        return "kernel_regularizer=keras.regularizers.L1(scale)"
    half = "scale / 2" if "L2Loss" in kinds else "scale"
    return "kernel_regularizer=keras.regularizers.L2({})".format(half) + (
        ": tf.nn.l2_loss is half the sum of squares" if factor == 2.0 and "L2Loss" in kinds
        else "")


ENTRIES = [Entry("penalty", (LOSSES, GRADIENTS),
                 "a penalty of weights lost, halved, doubled, times any number", changes,
                 "keras.regularizers.L2(scale / 2)", families)]
