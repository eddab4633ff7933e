"""Learning rates at steps 0, 1, 10, ... 1,000,000, most of which no compared step reaches.

Steps around those at which a schedule may bend, as its boundaries, are among them.
"""

from typing import NamedTuple, Sequence

import numpy as np

from parity.common import rungs
from parity.judge import differences
from parity.judge import findings
from parity.judge.compared import Compared, NoiseFloor

STEPS = (0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
# Prefix of the names of rates.
OF = "rate of "
# A rate below float32's normal numbers is 0 to its kernels.
_NOTHING = float(np.finfo(np.float32).tiny)
_ALWAYS = ", at every step"


class Rates(NamedTuple):
    """The learning rates of one update, at some steps.

    Attributes:
      name: their name in the report, as "rate of optimiser 1".
      reference, port: a number for each step; [] where a side cannot tell them.
      rounding: the absolute noise floor of the reference's in float32, a number for each step.
      phase: the phase of a step that makes the update.
      reason: the reason why a side cannot tell them, or "".
      scale: factor of the port's rates, whose updates may hold a factor of their own.
      steps: numbers of the steps.
      variable: name of a variable of the reference that the update writes.
    """

    name: str
    reference: list
    port: list
    rounding: list
    phase: int = 0
    reason: str = ""
    scale: float = 1.0
    steps: Sequence = STEPS
    variable: str = ""

    def scaled(self):
        """The same, scaled so that the first rates of both sides agree, where neither is 0."""
        first, ours = self.reference[0], self.port[0]
        return self._replace(scale=first / ours) if first and ours else self

    def starts_apart(self):
        """True where the first rates differ by more than rounding."""
        return bool(self.reference and self.port) and differences.DIFFERENT == (
            differences.float64_verdict(*_difference(self, 0, np.float64)))


def compared(rates, dtype):
    """Yields a `Compared` for each step; one for all where neither side ever changes its rate."""
    if rates.reason:
        return
    never = len(set(rates.reference)) == len(set(rates.port)) == 1
    for place, step in enumerate(rates.steps[:1] if never else rates.steps):
        difference, noise_floor = _difference(rates, place, np.dtype(dtype).type)
        yield Compared(rungs.TRAINING, rates.name + (_ALWAYS if never else f" at step {step}"),
                       step, difference, noise_floor, _note(rates, place, difference),
                       phase=rates.phase)


def _difference(rates, place, number):
    """(`Difference` of two rates, `NoiseFloor` of the reference's).

    Args:
      rates: the `Rates`.
      place: the place of the step in `rates.steps`.
      number: the precision, `np.float32` or `np.float64`.
    """
    expected, value = number(rates.reference[place]), rates.port[place]
    value = number(value if rates.scale == 1.0 else value * rates.scale)
    size = abs(expected) or max(map(abs, rates.reference)) or 1.0
    if value == expected:
        return differences.Difference(True, 0.0), NoiseFloor()
    apart = abs(float(value) - float(expected))
    relative = 0.0 if apart <= _NOTHING else apart / float(size)
    allowed = rates.rounding[place] / float(size)
    return differences.Difference(False, relative if np.isfinite(relative) else float("inf")), (
        NoiseFloor(rounding=allowed) if number is np.float32 else
        NoiseFloor(constants=max(allowed, differences.FLOAT32_CONSTANT / 2)))


def _note(rates, place, difference):
    """Words with both rates; "" where they are the same."""
    if difference.identical:
        return ""
    both = f"{rates.reference[place]:.9g}, {rates.port[place]:.9g} in the port"
    return both if rates.scale == 1.0 else (
        f"{both}, whose first update is that of {rates.scale:.6g} times its rate")


def not_kept(dtype):
    """The `Finding` that rates were not compared, as the traces hold none."""
    return findings.Finding(rungs.TRAINING, dtype, "rates", differences.NOT_RUN,
                            note="the traces hold none of far steps")


def not_run(rates, dtype):
    """The `Finding` that `Rates` were not compared, with their reason."""
    return findings.Finding(rungs.TRAINING, dtype, rates.name, differences.NOT_RUN,
                            note=f"not compared at far steps: {rates.reason}")
