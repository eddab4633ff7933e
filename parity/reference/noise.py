"""Noise floors: what one unit in the last place of a call's inputs and state changes."""

import numpy as np

from parity import capture

_DRAWS = 3


class Nudge(object):
    """Moves floats by one unit in the last place up or down, or leaves them, by chance."""

    def __init__(self, seed):
        self._random = np.random.RandomState(seed)

    def __call__(self, value):
        """An array beside `value`, which is left as it is."""
        if value.dtype.kind != "f" or not value.size:
            return value
        steps = self._random.randint(-1, 2, value.shape)
        return (value + value * (steps * np.finfo(value.dtype).eps)).astype(value.dtype)


def floors(replay, updates):
    """Largest relative change of each update, and of each fetched value, that nudging causes.

    Args:
      replay: a `parity.reference.replay.Replay` in float32.
      updates: its `Update`s without a nudge, in order.

    Returns:
      `{(call number, variable or tensor): |change| / |update or value|}`.
    """
    found = {}
    for seed in range(_DRAWS):
        for plain, nudged in zip(updates, replay.updates(Nudge(seed))):
            for name, value in nudged.after.items():
                if value.dtype.kind == "f" and name in plain.after:
                    # Seen from where the plain update started.
                    moved = value - nudged.before[name] + plain.before[name]
                    gap = capture.relative_change(moved, plain.after[name], plain.before[name])
                    found[plain.number, name] = max(gap, found.get((plain.number, name), 0.0))
            for name, value in nudged.fetched.items():
                if value.dtype.kind == "f":
                    gap = capture.relative_change(value, plain.fetched[name], 0.0 * value)
                    found[plain.number, name] = max(gap, found.get((plain.number, name), 0.0))
    return found
