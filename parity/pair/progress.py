"""What a verification says while it runs: about how long it takes, and what its recorders do."""

import contextlib
import math
import time

# Seconds on one core, fitted to pairs from 4,000 to 25 million numbers (docs/own_pair.md): what
# every verification takes, and what a training call, a variable and a number add to it.
_START, _CALL, _VARIABLE, _NUMBER = 20.0, 0.5, 0.3, 5e-6
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
    """A time in words: "about 40 s", "about 3 minutes"."""
    if seconds < 95:
        return f"about {max(10, 10 * round(seconds / 10))} s"
    minutes = round(seconds / 60)
    return f"about {minutes} minutes"


def estimate(described, steps=None, float32_only=False):
    """About how many seconds a pair takes.

    Args:
      described: what the reference's recorder describes.
      steps: how many are compared at most; all that were captured if not given.
      float32_only: whether float64 is left out, which is half of it.
    """
    count = min(steps or described["steps"], described["steps"])
    phases = described["phases"] if isinstance(described["phases"], int) else 1
    seconds = (_START + _CALL * count * phases + _VARIABLE * len(described["variables"])
               + _NUMBER * numbers(described))
    return seconds / 2 if float32_only else seconds


def numbers(described):
    """How many numbers all variables of a reference hold, as far as their shapes are known."""
    return sum(math.prod(entry["shape"]) for entry in described["variables"]
               if entry["shape"] is not None and None not in entry["shape"])


def timed(show):
    """A function that shows a line behind the seconds since this call."""
    begun = time.monotonic()
    return lambda line: show(f"[{time.monotonic() - begun:4.0f} s] {line}")


class Told:
    """Recorders that say what they do; see `parity.pair.recorders.Recorders`.

    Args:
      recorders: the recorders that do it.
      show: function that shows a line.
    """

    def __init__(self, recorders, show):
        self._recorders, self._show, self._last = recorders, show, None

    @property
    def reference(self):
        """The recorder of the reference."""
        return self._telling(self._recorders.reference, _REFERENCE)

    @contextlib.contextmanager
    def port(self):
        """A context that gives the recorder of the port."""
        with self._recorders.port() as port:
            yield self._telling(port, _PORT)

    def _telling(self, recorder, words):
        def told(job, **arguments):
            if job in words:
                self._say("  " + words[job].format(dtype=arguments.get("dtype", "float32")))
            return recorder(job, **arguments)
        return told

    def _say(self, line):
        if line != self._last:
            self._show(line)
        self._last = line
