"""A row's contestants, at work in turn, round by round: a machine that slows down slows all."""

import contextlib
import statistics
import time
from typing import NamedTuple, Optional

from benchmarks.speed.processes import Failed

_WARM_UP = 10  # steps; the tenth one of the legacy wing is traced for TensorBoard
_REST = 0.05  # seconds in which the threads of the last one fall asleep


class Length(NamedTuple):
    """How long a row is measured."""

    rounds: int
    seconds: float  # of a contestant's turn


FULL = Length(rounds=7, seconds=0.4)
SHORT = Length(rounds=1, seconds=0.0)


class Result(NamedTuple):
    """What a contestant of a row took."""

    kind: str
    milliseconds: tuple = ()  # a step, of each round
    first_step: Optional[float] = None  # seconds from the start of its process
    peak_megabytes: Optional[float] = None
    failure: str = ""

    @property
    def median(self):
        """Milliseconds a step."""
        return statistics.median(self.milliseconds)


def ratio(result, to):
    """Median over the rounds of one contestant's time by another's."""
    return statistics.median(
        ours / theirs for ours, theirs in zip(result.milliseconds, to.milliseconds))


class _Runner:
    """A contestant that is warm, and what it took so far."""

    def __init__(self, start, length, clock):
        begin = clock()
        self._contestant = start()
        self._contestant.ask(1)
        self.first_step = clock() - begin
        self._contestant.ask(_WARM_UP)
        steps, seconds = self._contestant.ask(_WARM_UP)
        self._steps = max(1, round(length.seconds * steps / seconds))
        self.milliseconds = []

    def turn(self):
        """Takes its steps of one round."""
        steps, seconds = self._contestant.ask(self._steps)
        self.milliseconds.append(1000 * seconds / steps)

    def result(self, kind):
        """Ends it; its `Result`."""
        return Result(kind, tuple(self.milliseconds), self.first_step, self._contestant.end())


def race(kinds, start, length, clock=time.perf_counter, rest=time.sleep):
    """The `Result` of each contestant; of one that fails, why.

    Args:
      kinds: names of contestants.
      start: function from a name to a started `processes.Contestant`.
      length: the `Length`.
    """
    runners, results = {}, {}
    with contextlib.ExitStack() as stack:
        def attempt(kind, does):
            try:
                return does()
            except Failed as failure:
                runners.pop(kind, None)
                results[kind] = Result(kind, failure=str(failure))

        for kind in kinds:
            made = attempt(kind, lambda kind=kind: _Runner(
                lambda: stack.enter_context(start(kind)), length, clock))
            if made:
                runners[kind] = made
        for index in range(length.rounds):
            # There and back: nobody always follows the same neighbour.
            for kind in list(runners)[::-1 if index % 2 else 1]:
                rest(_REST)
                attempt(kind, runners[kind].turn)
        for kind in list(runners):
            results[kind] = attempt(kind, lambda kind=kind: runners[kind].result(kind)) or (
                results[kind])
    return [results[kind] for kind in kinds]
