"""Searches for the causes of a pair's first difference: changes of the reference that remove it."""

import time
from typing import NamedTuple

import numpy as np

from parity.common import keys
from parity.judge import differences
from parity.judge import findings
from parity.judge import verdicts
from parity.judge.compared import Judged
from parity.pair.changed_trace import ChangedTrace

# Seconds that a search may take; of a program whose steps take long, as long as so many of them.
MOST = 30.0
_STEPS = 12
# Relative distance within which recomputed gradients equal the program's own.
_REPEATED = 1e-9
# A change that leaves more than this many times the smallest distance is another change.
_AS_NEAR = 3.0
# Kinds of changes: those of the catalogue, solved numbers, and those beside a multiple of a loss.
_KINDS = ("listed", "solved", "scaled")
# Rungs of layers and of losses.
_FORWARD, _LOSSES = 3, 4


class Search:
    """Searches for the causes of the first difference of a pair.

    Args:
      sides: function (trace of the reference, step) -> `Sides` of the step.
      trace: the reference's trace, with joined variables.
      kind: the `parity.judge.compared.Kind` of the pair.
      dtype: the precision.
      steps: the step of the first difference, then other compared steps.
      place: function (`Compared`) -> arguments of `parity.causes.place.Place`, or None where the
        catalogue has nothing on that tensor.
      ask: function (job, **arguments) that calls the reference's recorder; job "edited" returns the
        arrays of the step, or None where the change cannot be made.

    Attributes:
      apart: the `Compared` of the step that are different, the first difference first.
    """

    def __init__(self, sides, trace, kind, dtype, steps, place, ask):
        self._sides, self._trace, self._kind, self._dtype = sides, trace, kind, dtype
        self._steps, self._ask, self._place = steps, ask, place
        judged = self._judged(trace, steps[0])
        self.apart = _different(judged)
        self._alike = [self._output(row) for row, verdict in judged
                       if row.rung == _FORWARD and verdict != differences.DIFFERENT]
        self._alike += [name for name in trace if name.startswith(keys.prefix("input", steps[0]))]
        self._begun, self._seconds, self._again = time.monotonic(), MOST, None
        self._cut = False

    @property
    def late(self):
        """True where time ran out, so that not every change was tried."""
        return self._cut or self._left() <= 0.0

    def _left(self):
        return self._begun + self._seconds - time.monotonic()

    def causes(self):
        """List of the best `findings.Cause`s that each explain the first difference alone.

        A change that leaves fewer later differences is better: it explains more. Changes that one
        step cannot tell apart are tried on the next step.
        """
        for row in self._starts():
            place = self._place(row)
            fitting = _fewest(self._fitting(place)) if place else []
            if len(fitting) > 1 and len(self._steps) > 1:
                later = [(each, self._later(place, each.candidate)) for each in fitting]
                fitting = _fewest(each._replace(left=left) for each, left in later
                                  if left is not None)
            if fitting:
                causes = [self._cause(each) for each in _declared(_nearest(fitting))]
                return list({cause.sentence: cause for cause in reversed(causes)}.values())[::-1]
        return []

    def _later(self, place, candidate):
        """Differences that a change leaves in another step; None if it cannot be made."""
        step = self._steps[1]
        made = self._edited(place, candidate, step)
        return None if made is None else _different(self._judged(made, step))

    def _edited(self, place, candidate, step):
        """Trace in which the step was computed by the changed reference; None if it cannot be."""
        arrays = self._ask("edited", place=place, change=candidate["change"], step=step,
                           again=bool(self._again))
        return None if arrays is None else ChangedTrace(arrays, self._trace)

    def _starts(self):
        """Yields the first difference and, where that is a layer's output, the first loss."""
        yield from self.apart[:1]
        if self.apart and self.apart[0].rung == _FORWARD:
            yield from [row for row in self.apart if row.rung == _LOSSES][:1]

    def _fitting(self, place):
        """[`_Fit`] of the changes that explain the first difference, of the simplest kind."""
        for how in _KINDS if place["rung"] == _LOSSES else _KINDS[:2]:
            asked, seconds = time.monotonic(), max(0.0, self._left()) / 2
            candidates = self._ask("candidates", place=place, step=self._steps[0], how=how,
                                   seconds=seconds)
            self._cut = self._cut or time.monotonic() - asked >= seconds
            fitting = list(self._fits(place, candidates))
            if fitting:
                return fitting
        return []

    def _fits(self, place, candidates):
        step = self._steps[0]
        if candidates and self._again is None:
            asked = time.monotonic()
            self._again = self._is_repeated(
                self._ask("edited", place=place, change=0, step=step, again=True))
            self._seconds = max(MOST, _STEPS * (time.monotonic() - asked))
        # Changes that the port's configuration suggests come first: time may run out.
        for candidate in sorted(candidates, key=lambda each: not each["declared"]):
            if self._left() <= 0.0:
                return
            made = self._edited(place, candidate, step)
            judged = None if made is None else self._judged(made, step)
            if judged is not None and self._explains(judged, made, place["rung"]):
                off = [row.difference.relative for row, _ in judged
                       if row.key == self.apart[0].key]
                left = _different(judged)
                yield _Fit(candidate, left, len(left), max(off, default=0.0))

    def _judged(self, trace, step):
        """[(`Compared`, verdict)] of a step, without spurious differences."""
        judged = [Judged(row, self._dtype, verdicts.in_one(row, self._dtype))
                  for row in self._kind.compared(self._sides(trace, step))]
        return [(row, verdict) for row, _, verdict in self._kind.cleared(judged)]

    def _is_repeated(self, step):
        """True where recomputed gradients equal the program's own."""
        return step is not None and all(
            differences.measure(step[name], self._trace[name]).relative <= _REPEATED
            for name in step if name.startswith("gradient/"))

    def _output(self, row):
        """Name of the array of a layer's output in a trace."""
        return keys.output(self._steps[0], row.phase, row.tensor)

    def _explains(self, judged, made, rung):
        """True where a change removes the first difference and makes no new one before it, nor as
        many later.

        A layer that now gives the output of another layer, or an input, proves nothing alone, as
        where noise or an activation was removed: there losses have to agree, too. Nor does one loss
        alone, a single number: without its penalty it is what Keras returns in any case. A change
        of a loss, for which layers without partner are no longer told apart, has to explain all.

        Args:
          judged: [(`Compared`, verdict)] under the change.
          made: the trace under the change.
          rung: the rung of the tensor at which the change was looked for.
        """
        first, known, left = self.apart[0], {row.key for row in self.apart}, _different(judged)
        if any(row.key == first.key or (row.key not in known and row.rung <= first.rung)
               for row in left):
            return False
        if len(left) >= len(self.apart):
            return False
        if first.rung == _LOSSES and len(self.apart) - len(left) == 1 < len(self.apart):
            return False
        if rung != first.rung == _FORWARD and left and self._is_unchanged(made, first):
            return False
        told = first.rung != _FORWARD or not self._is_another(made, first)
        return told or not any(row.rung == _LOSSES for row in left)

    def _is_unchanged(self, made, first):
        """True where a change leaves the output of a layer as it was."""
        name = self._output(first)
        return name in made and name in self._trace and differences.measure(
            _flat(made[name]), _flat(self._trace[name])).relative <= _REPEATED

    def _is_another(self, made, first):
        """True where a changed layer repeats an array that agrees on both sides anyway, or is gone.
        """
        value = made.get(self._output(first))
        others = [self._trace[name] for name in self._alike]
        return value is None or any(
            other.size == value.size and other.dtype.kind in "fiub" and differences.measure(
                _flat(value), _flat(other)).relative <= _REPEATED for other in others)

    def _cause(self, fit):
        candidate, left = fit.candidate, fit.count
        proof = f"the reference with this change gives the port's {self.apart[0].tensor}" + (
            f" and leaves {left} of {len(self.apart)} differences" if left else
            f" and all {len(self.apart)} tensors that differ in the step")
        return findings.Cause(candidate["name"], candidate["sentence"], candidate["write"], proof)


class _Fit(NamedTuple):
    """A change that explains the first difference.

    Attributes:
      candidate: description of the change, as the job "candidates" returns it.
      left: `Compared`s that it leaves different, in the step by which changes are ranked.
      count: number of differences that it leaves in the step of the first difference.
      off: relative distance that is left between the first tensor and the port's.
    """

    candidate: dict
    left: list
    count: int
    off: float


def _fewest(fitting):
    """Fits that leave the fewest differences."""
    fitting = list(fitting)
    fewest = min((len(each.left) for each in fitting), default=0)
    return [each for each in fitting if len(each.left) == fewest]


def _nearest(fitting):
    """Fits as near to the port as the nearest, within the rounding of float32 constants."""
    least = min(each.off for each in fitting)
    return [each for each in fitting
            if each.off <= max(differences.FLOAT64_ROUNDING, _AS_NEAR * least)]


def _declared(fitting):
    """Fits that the port's own configuration suggests; all of them where there are none."""
    return [each for each in fitting if each.candidate["declared"]] or fitting


def _flat(array):
    return np.ravel(np.asarray(array, np.float64))


def _different(judged):
    """The `Compared` that are different, in order of rung and phase."""
    return sorted((row for row, verdict in judged if verdict == differences.DIFFERENT),
                  key=lambda row: (row.rung, row.phase))
