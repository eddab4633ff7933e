"""Progress of a verification: estimated duration, and lines on the jobs of its recorders."""

import contextlib
import math
import time

# Seconds on one core: the imports of the processes, and what each training call, each variable and
# each number adds, fitted to pairs of 4,000 to 25 million numbers (docs/own_pair.md).
_START, _CALL, _VARIABLE, _NUMBER = 10.0, 0.5, 0.3, 5e-6
_REFERENCE = {
    "taken": "the reference: what was captured",
    "steps": "the reference: compared steps in {dtype}",
    "vary": "the reference: variants of its steps in {dtype}",
    "nudged": "the reference: nudged before each step, in {dtype}",
    "candidates": "the reference: which changes could explain the difference",
    "edited": "the reference: with changes that could explain it",
    "infer": "the reference: without training", "rates": "the reference: rates at far steps",
    "initial": "the reference: first values", "save": "the reference: a checkpoint"}
_PORT = {
    "describe": "the port: starting in {dtype}",
    "follow": "the port: a free run through what was captured",
    "steps": "the port: compared steps in {dtype}", "free": "the port: a free run in {dtype}",
    "forward": "the port: forward in {dtype}", "rates": "the port: rates at far steps",
    "save": "the port: a checkpoint"}


def about(seconds):
    """Duration in words: "about 40 s", "about 3 minutes"."""
    if seconds < 95:
        return f"about {max(10, 10 * round(seconds / 10))} s"
    minutes = round(seconds / 60)
    return f"about {minutes} minutes"


def estimate(described, asked=None, float32_only=False):
    """Estimated seconds that a verification takes.

    Args:
      described: description of the reference by its recorder.
      asked: largest number of compared steps; all captured ones if None.
      float32_only: True where float64 is left out, which halves the time.
    """
    count = min(asked or described["steps"], described["steps"])
    phases = described["phases"] if isinstance(described["phases"], int) else 1
    seconds = (_START + _CALL * count * phases + _VARIABLE * len(described["variables"])
               + _NUMBER * numbers(described))
    return seconds / 2 if float32_only else seconds


def steps(described, asked=None):
    """Number of steps that are run, in words: "20 steps"; of fewer than were asked for, why.

    Args:
      described: description of the reference by its recorder.
      asked: number of steps that were asked for; all captured ones if None.
    """
    kept = described["steps"]
    captured = kept + described["without_inputs"]
    count = min(asked or captured, captured)
    if count > kept:
        return (f"the first {kept} of {captured} captured steps (inputs of later ones were not "
                "kept)")
    return f"{count} step{'s' * (count > 1)}"


def numbers(described):
    """Number of entries of all variables of a reference, as far as their shapes are known."""
    return sum(math.prod(entry["shape"]) for entry in described["variables"]
               if entry["shape"] is not None and None not in entry["shape"])


def timed(show):
    """Function that shows a line with the seconds since this call in front."""
    begun = time.monotonic()
    return lambda line: show(f"[{time.monotonic() - begun:4.0f} s] {line}")


class Announced:
    """Recorders that show a line on each job; same interface as `parity.pair.recorders.Recorders`.

    Args:
      recorders: the recorders that do the jobs.
      show: function that shows a line.
    """

    def __init__(self, recorders, show):
        self._recorders, self._show, self._last = recorders, show, None

    @property
    def reference(self):
        """Recorder of the reference."""
        return self._announcing(self._recorders.reference, _REFERENCE)

    @contextlib.contextmanager
    def port(self):
        """Context with the recorder of the port."""
        with self._recorders.port() as port:
            yield self._announcing(port, _PORT)

    def _announcing(self, recorder, words):
        def announced(job, **arguments):
            if job in words:
                self._say("  " + words[job].format(dtype=arguments.get("dtype", "float32")))
            return recorder(job, **arguments)
        return announced

    def _say(self, line):
        if line != self._last:
            self._show(line)
        self._last = line
