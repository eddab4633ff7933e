"""The protocol of a contestant: it takes the steps that a line asks for, and says how long."""

import itertools
import json
import time


class Finished(Exception):
    """No more steps are asked for."""


class Pace:
    """Reads "N" from `commands`; writes `{"steps": n, "seconds": s}` to `answers` once at least N
    more steps are taken: compiled loops take more than one at a time."""

    def __init__(self, commands, answers, clock=time.perf_counter):
        """Args:
          commands, answers: text streams.
          clock: function that returns seconds.
        """
        self._commands = commands
        self._answers = answers
        self._clock = clock
        self._first = self._target = 0
        self._begun = None

    def turn(self, done):
        """Called with the number of steps that are done, before more are taken.

        Raises:
          Finished: no more are asked for.
        """
        if done < self._target:
            return
        if self._target:
            self.answer(steps=done - self._first, seconds=self._clock() - self._begun)
        line = self._commands.readline()
        if not line:
            raise Finished
        self._first, self._target = done, done + int(line)
        self._begun = self._clock()

    def run(self, step):
        """Calls `step(number)`, from 1, until no more are asked for."""
        for done in itertools.count():
            self.turn(done)
            step(done + 1)

    def answer(self, **values):
        """Writes one line of JSON."""
        print(json.dumps(values), file=self._answers, flush=True)
