"""Initialisers and first values of both sides, for `parity.judge.rungs.initialisers`."""

import math

import numpy as np

from parity.common import keys
from parity.judge.rungs.initialisers import Side

_RANDOM = ("uniform", "normal", "truncated_normal", "other")


def parts(found, name):
    """Names in the capture of a variable of a `Mapping`: several of a joined one."""
    return found.joins.get(name, [name])


def wanted(found):
    """(names of the reference's variables, port paths) whose initialisers a `Mapping` compares."""
    return (sorted({part for row in found.variables.rows for part in parts(found, row.reference)}),
            [row.port for row in found.variables.rows])


def declared(found, initial):
    """`{variable, named as in a Mapping: declared initialiser}` of the reference.

    A variable that is joined of parts with equal initialisers has theirs.
    """
    names = dict(initial["declared"])
    for name, joined in found.joins.items():
        each = [names.get(part, {"kind": "unknown"}) for part in joined]
        alike = all(_numbers(other) == _numbers(each[0]) for other in each)
        names[name] = dict(each[0] if alike else {"kind": "other"}, moved=any(
            part.get("moved") for part in each))
    return names


def _numbers(entry):
    return {key: value for key, value in entry.items() if key not in ("shape", "moved")}


def sides(found, initial, drawn, ours):
    """List of (port path, `Side` of the reference, `Side` of the port), one for each variable.

    Constants that no optimiser trains are left out: `parity.judge.rungs.starts` compares them.

    Args:
      found: the `Mapping`.
      initial: the result of `parity.reference.initial.read`.
      drawn: its arrays.
      ours: (result of the port's job "initial", its arrays, arrays of the port's job "start").
    """
    trained = {update["variable"] for update in found.reference["updates"]}
    said, draws, starts = ours
    rows = []
    for row in found.variables.rows:
        theirs = _reference([dict(initial["declared"][part], name=part)
                             for part in parts(found, row.reference)], drawn, row.transform)
        if row.reference in trained or theirs.declared["kind"] != "constant":
            name = keys.draws(row.port)
            rows.append((row.port, theirs, Side(
                said[row.port], draws[name] if name in draws else None,
                np.asarray(starts["state/" + row.port], np.float64))))
    return rows


def _reference(entries, drawn, transform):
    """`Side` of the reference, of one variable or of parts that are joined along the last axis."""
    kinds = {entry["kind"] for entry in entries}
    if kinds <= {"constant", "array"}:
        whole = np.concatenate([_array(entry, drawn) for entry in entries], axis=-1) if (
            len(entries) > 1) else _array(entries[0], drawn)
        return Side({"kind": "array" if "array" in kinds else "constant"}, transform.state(whole))
    if not kinds <= set(_RANDOM):
        return Side({"kind": "unknown", **{
            key: value for entry in entries for key, value in entry.items() if key == "reason"}},
                    None)
    alike = all(_numbers(dict(entry, name="")) == _numbers(dict(entries[0], name=""))
                for entry in entries)
    numbers = {key: value for key, value in entries[0].items()
               if key not in ("name", "shape", "moved")}
    added = _added(entries, transform)
    draws = _mixed(entries, drawn)
    return Side(numbers if alike and not added.any() else {"kind": "other"},
                draws + np.resize(added, draws.shape).astype(draws.dtype))


def _added(entries, transform):
    """What a transform adds to each number of a variable, of one axis: a forget bias, else 0."""
    whole = np.concatenate([np.zeros(entry["shape"], np.float32) for entry in entries], axis=-1)
    return np.ravel(transform.state(whole))


def _array(entry, drawn):
    """First value of a constant variable, whole and in the reference's layout."""
    if "value" in entry:
        return np.full(entry["shape"], entry["value"], np.float32)
    return drawn[keys.draws(entry["name"])].astype(np.float32)


def _mixed(entries, drawn):
    """Draws of all parts, each in proportion to its share of the numbers."""
    sizes = [math.prod(entry["shape"]) for entry in entries]
    draws = [drawn[keys.draws(entry["name"])] for entry in entries]
    return np.concatenate([each[:max(1, len(each) * size // max(sizes))]
                           for each, size in zip(draws, sizes)])
