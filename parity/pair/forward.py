"""Pairs that only run forward: what a graph gives against what a Keras model gives."""

import numpy as np

from parity import differences
from parity import findings
from parity.pair import judgement
from parity.pair.nearest import nearest

NOTE = "nothing of it was compared: the reference only runs forward"
_STATISTICS = ("moving_mean", "moving_variance")
_REPLAYED = {"identical": differences.IDENTICAL, "rounding": differences.ROUNDING}
_APART = (differences.DIFFERENT, differences.INCONCLUSIVE)
_ACTIVATION = "/activation"
_ABSENT = differences.Difference(False, float("inf"))


def alike(reference, port):
    """The two descriptions, where "trainable" tells weights from moving statistics alone.

    Nothing is trained, so that a port's frozen layers are as good as others.
    """
    def weighed(entries, role):
        return [dict(entry, trainable="float" in entry["dtype"]
                     and entry[role] not in _STATISTICS) for entry in entries]
    return (dict(reference, variables=weighed(reference["variables"], "role")),
            dict(port, variables=weighed(port["variables"], "leaf")))


def replayed(answer):
    """Findings of rung 0: the replay against what was fetched where the graph was captured.

    Args:
      answer: `{dtype: {"verdict", "tensor", "call", "error"}}`; of a replay that is not what was
        captured no port can be right or wrong.
    """
    for dtype, worst in answer.items():
        verdict = _REPLAYED.get(worst["verdict"], differences.INCONCLUSIVE)
        yield findings.Finding(0, dtype, worst["tensor"], verdict, worst["error"],
                               f"call {worst['call']}, replayed: {worst['verdict']}")


def untrained():
    """Findings of the rungs of training: nothing was compared, and it is said."""
    return [findings.Finding(rung, dtype, "training", differences.NOT_RUN, note=NOTE)
            for rung in (4, 5, 6, 7, 8) for dtype in ("float32", "float64")]


def _compared(sides):
    """A `judgement.Compared` for each layer, and for each value that the graph gives."""
    yield from _rows(sides, "output", sides.steps[0], _ours(sides, sides.steps[0]))
    for step in sides.steps:
        yield from _given(sides, step)


def _cleared(judged):
    """Rows without layers that have no partner, where all that the graph gives agrees.

    Where one layer ends and the next begins is the library's affair; a layer that agrees before
    its activation agrees, and so does one that does after it. What the graph gives has a colon in
    its name.
    """
    apart = {row.tensor for row, _, verdict in judged if verdict in _APART}
    if not any(":" in tensor for tensor in apart):
        return [each for each in judged if each[0].tensor not in apart]
    agree = {row.tensor for row, _, _ in judged} - apart
    halves = agree | {tensor + _ACTIVATION for tensor in agree} | {
        tensor[:-len(_ACTIVATION)] for tensor in agree if tensor.endswith(_ACTIVATION)}
    return [each for each in judged if each[0].tensor in agree | apart - halves]


def _ours(sides, step):
    """`{place: array}` of what the port's layers and the port itself give."""
    start = f"output/{step}/"
    return {name[len(start):]: sides.port[name] for name in sides.port if name.startswith(start)}


def _rows(sides, part, step, ours):
    """A `Compared` for each tensor of a part of the reference that has a partner of its size."""
    for name in sides.reference:
        if name.startswith(f"{part}/{step}/"):
            found = nearest(sides.reference[name], ours)
            if found:
                yield _row(sides, name, step, *found)


def _given(sides, step):
    """A `Compared` for each value that the graph gives; one without a partner is different.

    What the port returns comes first. An inner layer stands for a value that the port does not
    return, but not for one in whose place it returns another.
    """
    ours = _ours(sides, step)
    returned = {place: value for place, value in ours.items() if place.startswith("returned/")}
    near = {row.tensor: row for row in _rows(sides, "fetched", step, returned) if _is_near(row)}
    left = {place: value for place, value in returned.items()
            if place not in {row.note for row in near.values()}}
    for name in sides.reference:
        tensor = name.split("/", 3)[-1]
        if not name.startswith(f"fetched/{step}/"):
            continue
        if tensor in near:
            yield near[tensor]
            continue
        expected = sides.reference[name]
        found = nearest(expected, left) or nearest(expected, ours) or (
            _ABSENT, f"no output of the port has {expected.size} numbers of {expected.dtype}")
        yield _row(sides, name, step, *found)


def _row(sides, name, step, difference, place):
    expected, allowed = sides.reference[name], "allowed_" + name
    allowance = float(sides.reference[allowed]) if allowed in sides.reference else 0.0
    row = judgement.Compared(3, name.split("/", 3)[3], step, difference, allowance, place)
    if expected.dtype.kind == "f" and not np.isfinite(expected).all():
        return row._replace(at_best=differences.INCONCLUSIVE,
                            note="the reference is infinite or no number here")
    return row


def _is_near(row):
    """Whether a row can be the same tensor, in whichever precision."""
    return row.difference.relative <= max(differences.FLOAT32_ROUNDING, 2 * row.allowance)


JUDGED = judgement.Kind(_compared, _cleared, (3,))
