"""Changes of a number that is written in the program."""

import functools

from parity.causes.change import Change, Entry, Family, number
from parity.causes.normalisation import EPSILONS
from parity.reference import edits
from parity.reference.reading import tensors

_TAKING = tensors.ADDITIONS + ("Sub", "Mul", "RealDiv", "Div", "Maximum", "Minimum", "Pow",
                               "ClipByValue")


def _constants(place):
    """[(operation that takes it, names of constants, number)]: those alike together, then each.

    A layer that is used twice, or a penalty of each kernel, has its number more than once.
    """
    seen, alike = {}, {}
    for op in place.operations():
        for given in op.inputs if op.type in _TAKING and op.outputs[0].dtype.is_floating else ():
            constant = tensors.through(given).op
            value = tensors.scalar(given) if constant.type == "Const" else None
            if value is not None and constant.name not in seen:
                seen[constant.name] = (op, [constant.name], float(value))
                alike.setdefault(float(value), (op, [], float(value)))[1].append(constant.name)
    groups = [entry for entry in alike.values() if len(entry[1]) > 1]
    return list(seen.values()) + groups


def _others(place, op, value):
    """Numbers that a port may have instead, the likeliest first."""
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
    """Yields each number near the place as another one."""
    for op, names, value in _constants(place):
        for other in _others(place, op, value):
            yield _change(place, op, names, value, other)


def families(place):
    """Yields each number near the place as any other one."""
    for op, names, value in _constants(place):
        if value:
            yield Family(value, functools.partial(_change, place, op, names, value))


def _change(place, op, names, value, other):
    where = place.line(op)
    return Change(
        "a number", "{} stands where the reference has {}{}".format(
            number(other), number(value), ", in " + where if where else ""),
        "{} instead of {}".format(number(value), number(other)),
        tuple(edits.constant(name, other) for name in names), True)


ENTRIES = [Entry("a number", (3, 4, 5), "a number that is written in the program as another",
                 changes, "the reference's number", families)]
