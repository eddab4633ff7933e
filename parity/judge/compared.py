"""Comparison of one tensor of both sides, before and after it is judged."""

from typing import Callable, NamedTuple

import numpy as np

from parity.judge import differences
from parity.judge import furthest

# The difference of a tensor that one side lacks.
ABSENT = differences.Difference(False, float("inf"))
# The note on a moving variance that is unbiased on one side alone.
BIASED = ("follows the batch's variance, as Keras's batch norm does; TensorFlow 1's fused one "
          "follows n / (n - 1) times that")


class NoiseFloor(NamedTuple):
    """Relative changes of a tensor of the reference that rounding alone makes.

    Attributes:
      rounding: where the state and inputs of the step are one unit in the last place off.
      constants: where each constant that float32 rounds is one unit in its last place off.
      residual: the part of `constants` that no factor of the variable's whole move explains.
    """

    rounding: float = 0.0
    constants: float = 0.0
    residual: float = 0.0


class Compared(NamedTuple):
    """A tensor of both sides, compared.

    Attributes:
      rung, tensor, step: its place in the report.
      difference: a `parity.judge.differences.Difference`.
      noise_floor: the `NoiseFloor` of the reference's tensor.
      note: a remark for the report, as the place of its partner in the port; "" for none.
      at_best: the best verdict that the tensor can get.
      phase: the phase of the step that computes it; of a variable, the first that trains it.
      numbers: `parity.judge.furthest.Numbers` of a tensor that is not identical, or None.
    """

    rung: int
    tensor: str
    step: int
    difference: differences.Difference
    noise_floor: NoiseFloor = NoiseFloor()
    note: str = ""
    at_best: str = differences.IDENTICAL
    phase: int = 0
    numbers: furthest.Numbers | None = None

    @property
    def key(self):
        """Identity of the tensor, the same in both precisions: rung, tensor and step."""
        return self.rung, self.tensor, self.step

    def of(self, expected, value, before=None):
        """Returns the row with the entries that are furthest apart.

        A row whose reference is not finite is inconclusive at best, and its note says so.

        Args:
          expected, value: arrays of the reference and of the port, of any shape.
          before: the array of both sides before the step; None where no move is compared.
        """
        row = self if self.difference.identical else self._replace(
            numbers=furthest.of(value, expected, before))
        if expected.dtype.kind not in "fc" or np.isfinite(expected).all():
            return row
        kind = "no number" if np.isnan(expected).any() else "infinite"
        return row._replace(at_best=differences.INCONCLUSIVE, note=(
            f"the reference itself is {kind} here, in step {self.step}"))


class Judged(NamedTuple):
    """A `Compared` in the precision `dtype`, and the verdict on it."""

    row: Compared
    dtype: str
    verdict: str


class Kind(NamedTuple):
    """A kind of pair: one that trains, or one that only runs forward.

    Attributes:
      compared: function of `Sides` that yields a `Compared` for each tensor.
      cleared: function of `[Judged]` that drops the rows which others excuse or have caused.
      required: rungs without which nothing is proved.
    """

    compared: Callable
    cleared: Callable
    required: tuple
