"""Rungs 6 and 8: variables after one step from the reference's state, as their moves.

Rung 6 is the first compared step, rung 8 each later one. A variable that is not trained, as a
moving average, is state: in the first step it stands at rung 7.
"""

import functools

import numpy as np

from parity.common import moves
from parity.judge import differences
from parity.judge import movement
from parity.judge import verdicts
from parity.judge.compared import BIASED, Compared

RUNG, STATE, TRAINING = 6, 7, 8


def compared(sides, step):
    """A `Compared` for each pair of variables after a step.

    Beside a reference whose rate is 0 in every step, each update of a trained variable is
    infinitely far off: that says nothing of the port, unless it is no number.
    """
    still = functools.cache(lambda: movement.still(sides))
    for row in sides.pairing.rows:
        state = row.transform.state
        before = state(sides.reference[f"before/{step}/{row.reference}"])
        expected = state(sides.reference[f"after/{step}/{row.reference}"])
        if expected.dtype.kind != "f" and before.dtype.kind != "f":
            continue
        value = sides.port[f"after/{step}/{row.port}"]
        found = Compared(_rung(sides, step, row.reference), row.port, step, differences.measure(
            value, expected, before),
                         sides.floor(f"after/{step}/{row.reference}", state, before),
                         phase=sides.first_phase(row.reference))
        if verdicts.in_float64(found) == differences.CONSTANTS and before.dtype == np.float64:
            found = _explained(sides, step, row, found, before, expected)
        if found.difference.relative == float("inf") and sides.trains(row.reference) and (
                np.isfinite(value).all() and still().get(found.phase) == movement.RATE):
            found = found._replace(at_best=differences.INCONCLUSIVE,
                                   note=movement.note(movement.RATE))
        yield _or_biased(sides, step, row, found, before).of(expected, value, before)


def _rung(sides, step, variable):
    if step != sides.first_step:
        return TRAINING
    return RUNG if sides.trains(variable) or variable in sides.hidden else STATE


def _explained(sides, step, row, found, before, expected):
    """A row, without constants as its reason where none of them makes what it has.

    A rate's last place, or rounded powers of Adam's betas, scale a move as a whole. Another epsilon
    does not, and is no rounded constant, however small that is beside them.
    """
    bent = differences.Difference(False, moves.rest(
        sides.port[f"after/{step}/{row.port}"], expected, before))
    floor = found.floor._replace(constants=found.floor.bent)
    if differences.float64_verdict(bent, floor) != differences.DIFFERENT:
        return found
    return found._replace(floor=found.floor._replace(constants=0.0))


def _or_biased(sides, step, row, found, before):
    """A row, or what it is where the port's moving variance follows the batch's own."""
    name = f"biased_after/{step}/{row.reference}"
    if name not in sides.reference or not verdicts.is_apart(found, before.dtype):
        return found
    value = sides.port[f"after/{step}/{row.port}"]
    other = found._replace(
        difference=differences.measure(
            value, row.transform.state(sides.reference[name]), before),
        note=BIASED, at_best=differences.CONSTANTS)
    return found if verdicts.is_apart(other, before.dtype) else other


def without_heirs(judged):
    """Rows without the passes of phases that follow a phase whose update is different."""
    first = min((row.phase for row, _, verdict in judged
                 if row.rung == RUNG and verdict == differences.DIFFERENT), default=None)
    return [each for each in judged if first is None or each[0].rung not in (3, 4, 5)
            or each[0].phase <= first]
