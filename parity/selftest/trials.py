"""Trials of the self-test: verifications of pairs whose verdict is known, one a core at a time."""

import collections
import os
import tempfile
import threading
from typing import NamedTuple

from parity.judge import findings
from parity.pair import verification
from parity.pair.config import PairConfig
from parity.pair.recorders import Recorders
from parity.pair.threads import Threads
from parity.selftest.fault import Fault
from parity.selftest.pairs import Sides
from parity.workers import RecorderError

# Seconds on one core: until the processes have started, of a correct port, and of a fault, whose
# cause is searched for.
_START, _PORT, _FAULT = 5.0, 2.1, 4.4
# The number of captured steps, of which the first three are compared.
_STEPS = 4


class Trial(NamedTuple):
    """A port to verify: a correct one from a seed, or one with a fault.

    Attributes:
      pair: name of the pair, "<group>.<function>".
      seed: seed of initial values, draws and batches, of a correct port.
      fault: the `Fault`, or None.
    """

    pair: str
    seed: int = 0
    fault: Fault | None = None

    @property
    def change(self):
        """(text in the port's file, text that replaces it), or None."""
        return self.fault and (self.fault.right, self.fault.wrong)

    @property
    def name(self):
        """The name of the trial in progress and reports."""
        return f"{self.pair}: {self.fault.mistake}" if self.fault else (
            f"{self.pair}, seed {self.seed}")


class Outcome(NamedTuple):
    """The outcome of a `Trial`.

    Attributes:
      trial: the `Trial`.
      wrong: a sentence on what is wrong with its verdict, or "".
      result: its `Result`; None where the verification failed.
    """

    trial: Trial
    wrong: str
    result: findings.Result | None


class _Captures:
    """Captures of programs, each taken once, by the first thread that needs it.

    Args:
      folder: the folder for captures.
    """

    def __init__(self, folder):
        self._folder, self._taken = folder, {}
        self._locks = collections.defaultdict(threading.Lock)

    def __call__(self, program, recorders):
        """The folder of a program's capture.

        Args:
          program: "file.py:function".
          recorders: the `Recorders` of the thread.

        Raises:
          RecorderError: the program could not be captured.
        """
        with self._locks[program]:
            if program not in self._taken:
                self._taken[program] = self._capture(program, recorders)
            return self._taken[program]

    def _capture(self, program, recorders):
        out = tempfile.mkdtemp(dir=self._folder)
        ended = recorders.capturer("capture", folder=self._folder, arguments=[
            f"--steps={_STEPS}", f"--out={out}/captured", "--", program])
        if ended["status"]:
            raise RecorderError(ended["said"])
        return os.path.join(out, "captured")


def _wrong(trial, result):
    """A sentence on what is wrong with the `Result` of a `Trial`, or ""."""
    if trial.fault:
        return trial.fault.missed(result)
    if not findings.exit_status([result]):
        return ""
    first = result.first_difference
    where = f" at rung {first.rung}, {first.tensor}" if first else ""
    return f"expected the same model, received {result.verdict}{where}"


def seconds(trials):
    """The seconds that trials take on this machine, estimated."""
    return _START + sum(_FAULT if trial.fault else _PORT for trial in trials) / _count(trials)


def _count(trials):
    """The number of trials at a time: one a core."""
    return min(os.cpu_count() or 1, len(trials))


def run(trials, folder, show):
    """Yields the `Outcome` of each `Trial`, in their order.

    Args:
      trials: `Trial`s, those of one program together, so that it is captured once.
      folder: an empty folder.
      show: function that shows a line of progress.
    """
    sides, captures = Sides(folder), _Captures(folder)
    # Files are written before any thread could write the same one.
    given = [sides(trial.pair, trial.seed, port=trial.change) for trial in trials]
    with Threads(_count(trials), lambda server: Recorders(
            tempfile.mkdtemp(dir=folder), kept=True, server=server)) as threads:
        def tried(trial, given):
            program, port = given
            try:
                with tempfile.TemporaryDirectory(dir=folder) as own:
                    asked = PairConfig(captures(program, threads.recorders), port)
                    result = verification.verify(asked, own, _unheard, threads.recorders)
            except RecorderError as error:
                return Outcome(trial, str(error), None)
            return Outcome(trial, _wrong(trial, result), result)

        for number, outcome in enumerate(threads.map(tried, trials, given), 1):
            show(f"{number}/{len(trials)} {outcome.trial.name}"
                 + (f": {outcome.wrong}" if outcome.wrong else ""))
            yield outcome


def _unheard(line):
    """Shows no line: there are hundreds of pairs, each of which has several."""
