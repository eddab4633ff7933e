"""Pairs that train: the rungs from the forward pass to training."""

from parity.common import rungs
from parity.judge import differences
from parity.judge.compared import Kind
from parity.judge.rungs import forward
from parity.judge.rungs import gradients
from parity.judge.rungs import losses
from parity.judge.rungs import state
from parity.judge.rungs import update


def _compared(sides):
    """Yields a `Compared` for each tensor, rung by rung."""
    for module in (forward, losses, gradients):
        yield from module.compared(sides)
    for step in sides.steps:
        yield from update.compared(sides, step)
        yield from state.compared(sides, step)


def _cleared(judged):
    """Drops rows from `[Judged]` that others have caused or excuse."""
    judged = update.without_later_phases(judged)
    judged = losses.cleared(judged, _agree(judged, rungs.GRADIENTS))
    return forward.cleared(
        judged, _agree(judged, rungs.LOSSES) or _agree(judged, rungs.GRADIENTS))


def _agree(judged, rung):
    """True where a rung has `[Judged]`, none of which is different or inconclusive."""
    found = {each.verdict for each in judged if each.row.rung == rung}
    return bool(found) and not found & {differences.DIFFERENT, differences.INCONCLUSIVE}


TRAINED = Kind(_compared, _cleared, (rungs.GRADIENTS, rungs.UPDATE))
