"""Variables after one step from the reference's state, compared by their moves.

The first compared step is the rung of the first update, each later one is training. A variable
that is not trained, as a moving average, is state in the first step.
"""

import functools

import numpy as np

from parity.common import keys
from parity.common import moves
from parity.common import rungs
from parity.judge import differences
from parity.judge import movement
from parity.judge import verdicts
from parity.judge.compared import BIASED, Compared


def compared(sides, step):
    """Yields a `Compared` for each pair of variables after a step.

    Beside a reference whose rate is 0 in every step, the relative difference of any update is
    infinite; it is inconclusive where the port is finite.
    """
    still = functools.cache(lambda: movement.still(sides))
    for row in sides.pairing.rows:
        state, name = row.transform.state, keys.after(step, row.reference)
        before = state(sides.reference[keys.before(step, row.reference)])
        expected = state(sides.reference[name])
        if expected.dtype.kind != "f" and before.dtype.kind != "f":
            continue
        value = sides.port[keys.after(step, row.port)]
        if (value.dtype, expected.dtype) == (np.float32, np.float64):  # the author's own type
            before, expected = before.astype(np.float32), expected.astype(np.float32)
        found = Compared(_rung(sides, step, row.reference), row.port, step,
                         differences.measure(value, expected, before),
                         sides.noise_floor(name, state, before),
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
        return rungs.TRAINING
    trained = sides.trains(variable) or variable in sides.hidden
    return rungs.UPDATE if trained else rungs.STATE


def _explained(sides, step, row, found, before, expected):
    """A `Compared`, whose noise floor of constants is 0 where rounded constants do not explain it.

    The last place of a rate, or rounded powers of Adam's betas, scale a move as a whole. Another
    epsilon bends it, and is no rounded constant, however small the bend is beside the scaling.

    Args:
      sides, step: the `Sides`, and number of the step.
      row: the variable's `parity.pair.variables.Row`.
      found: its `Compared`.
      before, expected: the reference's variable before and after the step, in the port's layout.
    """
    value = sides.port[keys.after(step, row.port)]
    residual = differences.Difference(False, moves.residual(value, expected, before))
    noise_floor = found.noise_floor
    if differences.float64_verdict(residual, noise_floor._replace(
            constants=noise_floor.residual)) != differences.DIFFERENT:
        return found
    return found._replace(noise_floor=noise_floor._replace(constants=0.0))


def _or_biased(sides, step, row, found, before):
    """A `Compared`, or "constants" where the port's moving variance follows the batch's own.

    Args:
      sides, step, row, found, before: as for `_explained`.
    """
    name = keys.biased_after(step, row.reference)
    if name not in sides.reference or not verdicts.is_apart(found, before.dtype):
        return found
    value = sides.port[keys.after(step, row.port)]
    other = found._replace(
        difference=differences.measure(
            value, row.transform.state(sides.reference[name]), before),
        note=BIASED, at_best=differences.CONSTANTS)
    return found if verdicts.is_apart(other, before.dtype) else other


def without_later_phases(judged):
    """Drops the passes of phases after the first one whose update is different, from `[Judged]`."""
    first = min((each.row.phase for each in judged if each.row.rung == rungs.UPDATE
                 and each.verdict == differences.DIFFERENT), default=None)
    passes = (rungs.FORWARD, rungs.LOSSES, rungs.GRADIENTS)
    return [each for each in judged if first is None or each.row.rung not in passes
            or each.row.phase <= first]
