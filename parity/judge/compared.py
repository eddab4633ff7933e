"""A tensor of both sides, compared."""

from typing import Callable, NamedTuple

import numpy as np

from parity.judge import differences
from parity.judge import furthest

# The difference of what one side does not have.
ABSENT = differences.Difference(False, float("inf"))
# What is computed without training has a partner that the training pass tells.
NOT_TRAINING = ", not training"
BIASED = ("follows the batch's variance, as Keras's batch norm does; TensorFlow 1's fused one "
          "follows n / (n - 1) times that")


class Floor(NamedTuple):
    """What changes a tensor of the reference without being another program; relative.

    Attributes:
      rounding: by one unit in the last place of what the step takes.
      constants: by constants that float32 rounds, each one unit in its last place.
      bent: by the same, beside a factor of a variable's move as a whole.
    """

    rounding: float = 0.0
    constants: float = 0.0
    bent: float = 0.0


class Compared(NamedTuple):
    """A tensor of both sides.

    Attributes:
      rung, tensor, step: where it stands in the report.
      difference: a `parity.judge.differences.Difference`.
      floor: a `Floor`.
      note: what is said of it.
      at_best: the best verdict that it can have.
      phase: in which phase of the step it is computed; of a variable, the first that trains it.
      numbers: `parity.judge.furthest.Numbers` of what is not identical, or None.
    """

    rung: int
    tensor: str
    step: int
    difference: differences.Difference
    floor: Floor = Floor()
    note: str = ""
    at_best: str = differences.IDENTICAL
    phase: int = 0
    numbers: furthest.Numbers | None = None

    @property
    def key(self):
        """What it has in common with its like in the other precision."""
        return self.rung, self.tensor, self.step

    def of(self, expected, value, before=None):
        """It with numbers of both; inconclusive where the reference's array itself is not finite.

        Args:
          expected, value: arrays of the reference and of the port.
          before: what both were before the step, of a variable or a slot.
        """
        row = self if self.difference.identical else self._replace(
            numbers=furthest.of(value, expected, before))
        if expected.dtype.kind not in "fc" or np.isfinite(expected).all():
            return row
        kind = "no number" if np.isnan(expected).any() else "infinite"
        return row._replace(at_best=differences.INCONCLUSIVE, note=(
            f"the reference itself is {kind} here, in step {self.step}"))


class Kind(NamedTuple):
    """A kind of pair.

    Attributes:
      compared: function of `Sides` that gives a `Compared` for each tensor.
      cleared: function of `[(Compared, dtype, verdict)]` that leaves out what is no difference.
      required: rungs without which nothing is proved.
    """

    compared: Callable
    cleared: Callable
    required: tuple
