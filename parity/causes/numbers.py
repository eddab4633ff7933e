"""Changes of a number that is written in the program."""

import functools
from typing import Any, List, NamedTuple

from parity.causes.change import Change, Entry, Family, number
from parity.causes.normalisation import EPSILONS
from parity.common.rungs import FORWARD, GRADIENTS, LOSSES
from parity.reference import edits
from parity.reference.reading import tensors

_TAKING = tensors.ADDITIONS + ("Sub", "Mul", "RealDiv", "Div", "Maximum", "Minimum", "Pow",
                               "ClipByValue")


class _Number(NamedTuple):
    """A number in the graph.

    Attributes:
      op: an operation that takes it.
      names: names of the constants that hold it.
      value: the number.
    """

    op: Any
    names: List[str]
    value: float


def _constants(place):
    """[`_Number`] near the place: each constant, then all constants of one number together.

    A layer that is used twice, or a penalty of each kernel, has its number more than once.
    """
    seen, alike = {}, {}
    for op in place.operations():
        for given in op.inputs if op.type in _TAKING and op.outputs[0].dtype.is_floating else ():
            constant = tensors.through(given).op
            value = tensors.scalar(given) if constant.type == "Const" else None
            if value is not None and constant.name not in seen:
                seen[constant.name] = _Number(op, [constant.name], float(value))
                alike.setdefault(float(value), _Number(op, [], float(value))).names.append(
                    constant.name)
    groups = [each for each in alike.values() if len(each.names) > 1]
    return list(seen.values()) + groups


def _others(place, op, value):
    """Numbers that a port may have instead of one, the likeliest first."""
    found = place.numbers(*{key for config in place.layers for key in config})
    if place.ratio and op.type in ("Mul", "RealDiv", "Div"):
        found.append(value * place.ratio if op.type == "Mul" else value / place.ratio)
    if 0 < abs(value) < 0.01:
        found += list(EPSILONS)
    found += [0.0, 1.0, 2.0 * value, value / 2.0, -value, 1.0 - value]
    found += [1.0 / value] if value else []
    kept = [float("{:.6g}".format(each)) for each in found]
    return [each for each in dict.fromkeys(kept) if each != value]


def changes(place):
    """Yields each number near the place as another one, the likeliest first."""
    for present in _constants(place):
        for other in _others(place, present.op, present.value):
            yield _change(place, present, other)


def families(place):
    """Yields each number near the place, but 0, as any other one."""
    for present in _constants(place):
        if present.value:
            yield Family(present.value, functools.partial(_change, place, present))


def _change(place, present, other):
    """The `Change` of a `_Number` to another number."""
    where = place.line(present.op)
    return Change(
        "a number", "{} stands where the reference has {}{}".format(
            number(other), number(present.value), ", in " + where if where else ""),
        "{} instead of {}".format(number(present.value), number(other)),
        tuple(edits.constant(name, other) for name in present.names), True)


ENTRIES = [Entry("a number", (FORWARD, LOSSES, GRADIENTS),
                 "a number that is written in the program as another", changes,
                 "the reference's number", families)]
