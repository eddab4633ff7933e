"""Losses of the phases in the first compared step, each with the nearest of the port."""

import numpy as np

from parity.common import rungs
from parity.judge import differences
from parity.judge import findings
from parity.judge import tensor_names
from parity.judge.compared import Compared, Judged
from parity.judge.nearest import nearest

# Losses of two networks are further apart than this; those of right ports are not.
_SAME = 1e-5
_NEVER = "the capture holds none, only gradients"
_SILENT = "the port's step returns no loss"
_UNLIKE = "the port returns no loss of its size, nor its sum or its mean"
_FEWER = ", of fewer losses than the reference has"
# A port may return one loss for all phases; gradients then tell whether the others are right.
_LEFT_OUT = "the port returns no loss that is near it, and its gradients agree"


def compared(sides):
    """Yields a `Compared` for each loss of the reference, which belongs to one update."""
    step = sides.first_step
    ours = _losses(sides.port, step)
    theirs = {tensor for _, tensor, _ in sides.reference.by_phase("loss", step)}
    fewer = _FEWER if len(ours) < len(theirs) else ""
    taken = _taken(sides, ours)
    for phase, tensor, name in sides.reference.by_phase("loss", step):
        expected = np.asarray(sides.reference[name])
        found = _nearest(expected, ours)
        if found and found.difference.relative > _SAME:  # not for two losses of one value
            free = {place: value for place, value in ours.items() if place not in taken}
            found = _nearest(expected, free) or found
        if found:
            yield Compared(rungs.LOSSES, tensor_names.of_phase(tensor, phase), step,
                           found.difference, sides.noise_floor(name), found.place + fewer,
                           phase=phase).of(expected, ours[found.place])


def _taken(sides, ours):
    """Places of the port's losses that are the same as one of the reference's, a set."""
    partners = (_nearest(np.asarray(sides.reference[name]), ours)
                for _, _, name in sides.reference.by_phase("loss", sides.first_step))
    return {each.place for each in partners if each and each.difference.relative <= _SAME}


def _losses(port, step):
    return {place: np.asarray(port[name]) for place, name in port.part("loss", step).items()}


def _nearest(expected, ours):
    """The port's `Nearest` to a loss, or None.

    A loss of one number a row is compared by its sum or its mean where the port returns no array of
    its size.
    """
    wholes = [expected]
    if expected.size > 1 and not any(value.size == expected.size for value in ours.values()):
        wholes = [np.sum(expected), np.mean(expected)]
    return min(filter(None, (nearest(np.asarray(whole).astype(expected.dtype), ours)
                             for whole in wholes)),
               key=lambda found: found.difference.relative, default=None)


def not_run(sides, dtype):
    """Yields a finding for each loss that was not compared, or for all, with the reason."""
    ours = _losses(sides.port, sides.first_step)
    theirs = list(sides.reference.by_phase("loss", sides.first_step))
    if not theirs:
        yield findings.Finding(rungs.LOSSES, dtype, "losses", differences.NOT_RUN, note=_NEVER)
    for phase, tensor, name in theirs:
        if not _nearest(np.asarray(sides.reference[name]), ours):
            yield findings.Finding(
                rungs.LOSSES, dtype, tensor_names.of_phase(tensor, phase), differences.NOT_RUN,
                note=_UNLIKE if ours else _SILENT)


def cleared(judged, following):
    """Drops a loss of other phases than the one for which the port returns it.

    A step that updates D five times returns the last of its losses, or the first. A port that
    returns the loss of one network alone leaves the other's out: it is not run where gradients
    agree. A port that returns as many losses as there are has to return each.

    Args:
      judged: `[Judged]`.
      following: True where gradients agree.
    """
    agree = [each for each in judged
             if each.row.rung == rungs.LOSSES and each.verdict != differences.DIFFERENT]
    returned = {(tensor_names.loss_of(each.row.tensor), each.dtype) for each in agree}
    taken = {(each.row.note, each.dtype) for each in agree if each.row.note.endswith(_FEWER)}
    judged = [each for each in judged if not _is_apart(each)
              or (tensor_names.loss_of(each.row.tensor), each.dtype) not in returned]
    return [Judged(each.row._replace(note=_LEFT_OUT), each.dtype, differences.NOT_RUN)
            if following and _is_apart(each) and (each.row.note, each.dtype) in taken
            else each for each in judged]


def _is_apart(each):
    return each.row.rung == rungs.LOSSES and each.verdict == differences.DIFFERENT
