"""A step of a captured program, with or without edits, in float64."""

import numpy as np

from parity.reference import precision
from parity.reference import port_order
from parity.reference.replay import Replay
from parity.reference import steps


def taken(captured, edits=(), start=None):
    """The first `steps.Step` of a program after edits of its graph.

    Args:
      captured: a `parity.reference.captured.Captured`.
      edits: functions of a GraphDef.
      start: `{variable: array}`, or None for the captured state.
    """
    replay = Replay(captured, "float64", order=port_order.order(captured), edits=list(edits))
    state = {name: value.astype(np.float64) if value.dtype.kind == "f" else value
             for name, value in steps.first_state(captured, precision.shortest).items()}
    state.update(start or {})
    replay.load(state)
    step = steps.Runner(replay).run(0, steps.grouped(captured)[0], before=state)
    replay.close()
    return step
