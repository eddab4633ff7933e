"""Runs a captured program freely from its start; keeps losses and sampled entries of variables."""

import numpy as np

from parity.common import arrays
from parity.common.curves import Curves
from parity.reference import batches
from parity.reference import noise
from parity.reference import precision
from parity.reference import port_order
from parity.reference import replay
from parity.reference import steps


def start(captured, dtype):
    """`{variable: array}` before the first step of a free run in a precision."""
    state = steps.first_state(captured, precision.shortest if dtype == "float64"
                              else lambda value: value)
    return {name: value.astype(dtype) if value.dtype.kind == "f" else value
            for name, value in state.items()}


class Entries(object):
    """Losses of each step, and up to 16 entries of each floating-point variable after each step.

    Args:
      replay: a `parity.reference.replay.Replay`.
      names: names of the variables.
    """

    def __init__(self, replay, names):
        self._replay, self._names, self._curves = replay, names, Curves()
        self.add([])

    def add(self, phases):
        """Adds the losses of a step's phases, and the present state."""
        losses = {str(number): {name: value for name, value in phase.losses.items()
                                if np.size(value) == 1} for number, phase in enumerate(phases)}
        state = self._replay.state(self._names)
        self._curves.add(losses, {name: value for name, value in state.items()
                                  if value.dtype.kind == "f"})

    def arrays(self):
        """`{"entries/<variable>": [steps + 1, up to 16], "losses/<phase>/<tensor>": [steps]}`."""
        return self._curves.arrays()


def nudged(job):
    """Job "nudged": writes entries of a run whose inputs and state are nudged before each step."""
    captured = batches.captured(job)
    runner = steps.Runner(replay.plain(captured, job["dtype"], port_order.order(captured)))
    nudge, state = noise.Nudge(0), start(captured, job["dtype"])
    runner.replay.load({name: nudge(state[name]) for name in sorted(state)})
    entries = Entries(runner.replay, job["names"])
    for number, calls in enumerate(steps.grouped(captured)[:job["count"]]):
        entries.add(runner.advance(number, calls, noise.Nudge(number + 1)))
    runner.replay.close()
    with arrays.Writer(job["out"]) as write:
        for name, value in entries.arrays().items():
            write(name, value)
    return {}
