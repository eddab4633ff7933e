"""The loop of a recorder process: a job a line on standard input, an answer a line on its output.

Beside it, tools that both recorders need: a cache, keys of initialisers, curves of a run.
"""

import collections
import gc
import json
import os
import re
import sys
import traceback

import numpy as np

from parity.common import sources

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def serve(jobs, refused=()):
    """Answers jobs until standard input ends.

    Args:
      jobs: `{job name: function of the job's dict that returns a JSON-able answer}`.
      refused: types of errors whose message is one line on a bad input of a job.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # a program's own prints must not stand among the answers
    # TensorFlow's third of a million objects stay: each garbage collection over them would take a
    # fifth of a second, and Keras asks for one with each port.
    gc.freeze()
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = {"answer": jobs[job["job"]](job)}
        except refused as error:
            answer = {"refused": _line(error)}
        except Exception as error:  # a user's program may raise anything; the parent reports it
            frames = traceback.extract_tb(sys.exc_info()[2])
            answer = {"error": "{}: {} ({})".format(
                type(error).__name__, _line(error),
                sources.own_line(frames) or "in a recorder")}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _line(error):
    """The message of an error in one line, without the colours that Keras puts into some."""
    return " ".join(_COLOUR.sub("", str(error)).split())


class Once(object):
    """A cache of values that take long to make."""

    def __init__(self, most=None):
        """Makes an empty cache, of any size or for the `most` last values."""
        self._most = most
        self._made = collections.OrderedDict()

    def get(self, key, make):
        """Returns the cached value, calling `make()` on a miss; the key None is never cached."""
        if key is None:
            return make()
        if key not in self._made:
            if len(self._made) == self._most:
                self._made.popitem(last=False)
            self._made[key] = make()
        return self._made[key]


def kind(declared, *rest):
    """The cache key of an initialiser's draws: None unless it is a known distribution.

    Args:
      declared: its configuration, `{"kind", ...numbers}`.
      *rest: other values on which the draws depend.
    """
    if declared["kind"] in ("constant", "other"):
        return None
    return json.dumps([declared, rest], sort_keys=True)


class Curves(object):
    """Curves of a free run: losses of each step, and up to 16 sampled entries of each weight."""

    def __init__(self):
        self._rows = {}

    def _append(self, name, value):
        self._rows.setdefault(name, []).append(value)

    def add(self, losses, weights):
        """Adds a step.

        Args:
          losses: `{phase: {name: loss}}` of the step.
          weights: `{name: array}` after it.
        """
        for phase, values in losses.items():
            for name, value in values.items():
                self._append("losses/{}/{}".format(phase, name), np.asarray(value))
        for name, value in weights.items():
            flat = np.ravel(value)
            chosen = np.linspace(0, flat.size - 1, min(16, flat.size)).astype(np.int64)
            self._append("entries/" + name, flat[chosen])

    def arrays(self):
        """`{"losses/<phase>/<name>": [steps, ...], "entries/<weight>": [steps, entries]}`."""
        return {name: np.stack(rows) for name, rows in self._rows.items()}
