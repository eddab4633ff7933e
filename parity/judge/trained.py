"""Pairs that train: rungs 3 to 8."""

from parity.judge import differences
from parity.judge.compared import Kind
from parity.judge.rungs import forward
from parity.judge.rungs import gradients
from parity.judge.rungs import losses
from parity.judge.rungs import state
from parity.judge.rungs import update


def _compared(sides):
    """A `Compared` for each tensor, rung by rung."""
    for rung in (forward, losses, gradients):
        yield from rung.compared(sides)
    for step in sides.steps:
        yield from update.compared(sides, step)
        yield from state.compared(sides, step)


def _cleared(judged):
    """Rows without what only follows from others, or is no difference."""
    judged = update.without_heirs(judged)
    judged = losses.cleared(judged, _agree(judged, gradients.RUNG))
    return forward.cleared(judged, _agree(judged, losses.RUNG) or _agree(judged, gradients.RUNG))


def _agree(judged, rung):
    """Whether something was compared at a rung, and none of it is different or inconclusive."""
    found = {verdict for row, _, verdict in judged if row.rung == rung}
    return bool(found) and not found & {differences.DIFFERENT, differences.INCONCLUSIVE}


TRAINED = Kind(_compared, _cleared, (gradients.RUNG, update.RUNG))
