"""Noise floors: changes that one ulp (unit in the last place) of inputs and state makes."""

import numpy as np

from parity import capture

_DRAWS = 3


class Nudge(object):
    """Moves floating-point numbers at random by one ulp up, down, or not at all.

    Args:
      seed: seed of the random numbers.
    """

    def __init__(self, seed):
        self._random = np.random.RandomState(seed)

    def __call__(self, value):
        """Nudged copy of an array; integers and strings are returned unchanged."""
        if value.dtype.kind != "f" or not value.size:
            return value
        steps = self._random.randint(-1, 2, value.shape)
        return (value + value * (steps * np.finfo(value.dtype).eps)).astype(value.dtype)


def floors(replay, updates):
    """Largest relative change that nudging makes of each update and each fetched value.

    Args:
      replay: a `parity.reference.replay.Replay` in float32.
      updates: its `Update`s without nudging, in order.

    Returns:
      `{(call number, variable or tensor): |change| / |update or value|}`.
    """
    found = {}
    for seed in range(_DRAWS):
        for plain, nudged in zip(updates, replay.updates(Nudge(seed))):
            for name, value in nudged.after.items():
                if value.dtype.kind == "f" and name in plain.after:
                    # Move the nudged update to the start of the plain one.
                    moved = value - nudged.before[name] + plain.before[name]
                    gap = capture.relative_change(moved, plain.after[name], plain.before[name])
                    found[plain.number, name] = max(gap, found.get((plain.number, name), 0.0))
            for name, value in nudged.fetched.items():
                if value.dtype.kind == "f":
                    gap = capture.relative_change(value, plain.fetched[name], 0.0 * value)
                    found[plain.number, name] = max(gap, found.get((plain.number, name), 0.0))
    return found
