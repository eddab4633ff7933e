"""Rung 4: losses of the phases in the first compared step, each with the nearest of the port."""

import numpy as np

from parity.judge import differences
from parity.judge import findings
from parity.judge.compared import Compared
from parity.judge.nearest import nearest

RUNG = 4
_SILENT = "the port's step returns no loss"
_UNLIKE = "the port returns no loss of its size, nor its sum or its mean"
_FEWER = ", of fewer losses than the reference has"
# Of losses, the port returns one for each phase, or one alone; gradients tell what they are.
_LEFT_OUT = "the port returns no loss that is near it, and its gradients agree"


def compared(sides):
    """A `Compared` for each loss of the reference, which is one update's."""
    step = sides.first_step
    ours = _losses(sides.port, step)
    theirs = {tensor for _, tensor, _ in sides.reference.by_phase("loss", step)}
    fewer = _FEWER if len(ours) < len(theirs) else ""
    for phase, tensor, name in sides.reference.by_phase("loss", step):
        expected = np.asarray(sides.reference[name])
        found = _nearest(expected, ours)
        if found:
            yield Compared(RUNG, f"{tensor} of phase {phase + 1}", step, found[0],
                           sides.floor(name), found[1] + fewer,
                           phase=phase).of(expected, ours[found[1]])


def _losses(port, step):
    return {place: np.asarray(port[name]) for place, name in port.part("loss", step).items()}


def _nearest(expected, ours):
    """`(Difference, place)` of a loss; of one of each row, its sum or mean where that is said."""
    wholes = [expected]
    if expected.size > 1 and not any(value.size == expected.size for value in ours.values()):
        wholes = [np.sum(expected), np.mean(expected)]
    return min(filter(None, (nearest(np.asarray(whole).astype(expected.dtype), ours)
                             for whole in wholes)),
               key=lambda pair: pair[0].relative, default=None)


def not_run(sides, dtype):
    """Findings that say of which losses nothing was compared, and why."""
    ours = _losses(sides.port, sides.first_step)
    for phase, tensor, name in sides.reference.by_phase("loss", sides.first_step):
        if not _nearest(np.asarray(sides.reference[name]), ours):
            yield findings.Finding(RUNG, dtype, f"{tensor} of phase {phase + 1}",
                                   differences.NOT_RUN, note=_UNLIKE if ours else _SILENT)


def cleared(judged, following):
    """Rows without a loss of other phases than the one of which the port says it.

    A step that updates D five times says the last of its losses, or the first. One that returns the
    loss of one network says nothing of the other's, but one that returns as many says each.

    Args:
      judged: `[(Compared, dtype, verdict)]`.
      following: whether gradients agree.
    """
    agree = [(row, dtype) for row, dtype, verdict in judged
             if row.rung == RUNG and verdict != differences.DIFFERENT]
    said = {(_loss(row), dtype) for row, dtype in agree}
    taken = {(row.note, dtype) for row, dtype in agree if row.note.endswith(_FEWER)}
    judged = [each for each in judged if not _is_apart(each)
              or (_loss(each[0]), each[1]) not in said]
    return [(row._replace(note=_LEFT_OUT), dtype, differences.NOT_RUN)
            if following and _is_apart((row, dtype, verdict)) and (row.note, dtype) in taken
            else (row, dtype, verdict) for row, dtype, verdict in judged]


def _is_apart(each):
    return each[0].rung == RUNG and each[2] == differences.DIFFERENT


def _loss(row):
    return row.tensor.rpartition(" of phase ")[0]
