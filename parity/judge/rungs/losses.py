"""Rung 4: losses of the phases in the first compared step, each with the nearest of the port."""

import numpy as np

from parity.judge import differences
from parity.judge.compared import Compared

RUNG = 4


def compared(sides):
    """A `Compared` for each loss of the reference that is one number; one is one update's."""
    step = sides.first_step
    ours = {place: np.asarray(sides.port[name]).reshape(())
            for place, name in sides.port.part("loss", step).items() if sides.port[name].size == 1}
    for phase, tensor, name in sides.reference.by_phase("loss", step):
        if not ours or sides.reference[name].size != 1:
            continue
        expected = np.asarray(sides.reference[name]).reshape(())
        difference, place = min(((differences.measure(value, expected), place)
                                 for place, value in ours.items()),
                                key=lambda pair: pair[0].relative)
        yield Compared(RUNG, f"{tensor} of phase {phase + 1}", step, difference,
                       sides.floor(name), place, phase=phase).seen_from(expected)


def cleared(judged):
    """Rows without a loss of other phases than the one of which the port says it.

    A step that updates D five times says the last of its losses, or the first.
    """
    said = {(_loss(row), dtype) for row, dtype, verdict in judged
            if row.rung == RUNG and verdict != differences.DIFFERENT}
    return [(row, dtype, verdict) for row, dtype, verdict in judged
            if row.rung != RUNG or verdict != differences.DIFFERENT
            or (_loss(row), dtype) not in said]


def _loss(row):
    return row.tensor.rpartition(" of phase ")[0]
