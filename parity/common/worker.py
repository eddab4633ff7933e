"""A recorder process: one job a line on standard input, one answer a line on standard output."""

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
    """Answers until standard input ends.

    Args:
      jobs: `{job name: function of the job's dict that returns a JSON-able answer}`.
      refused: kinds of error that say in one line what was wrong with what a job was given.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a program prints must not stand among the answers
    # TensorFlow's objects, a third of a million, stay: a collection that looks through them takes
    # a fifth of a second, and Keras asks for one with each port.
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
    """What an error says, in one line and without colours, which Keras puts into some."""
    return " ".join(_COLOUR.sub("", str(error)).split())


class Once(object):
    """Values that take long to make, made once for each key."""

    def __init__(self, most=None):
        """Keeps every value, or the `most` that were made last."""
        self._most = most
        self._made = collections.OrderedDict()

    def get(self, key, make):
        """The value of a key, which `make()` gives when it is new or None."""
        if key is None:
            return make()
        if key not in self._made:
            if len(self._made) == self._most:
                self._made.popitem(last=False)
            self._made[key] = make()
        return self._made[key]


def kind(declared, *rest):
    """Key of an initialiser that is one of the known distributions; None for any other."""
    if declared["kind"] in ("constant", "other"):
        return None
    return json.dumps([declared, rest], sort_keys=True)


class Curves(object):
    """A run from the start, small: losses of each step, and up to 16 entries of each weight."""

    def __init__(self):
        self._rows = {}

    def _append(self, name, value):
        self._rows.setdefault(name, []).append(value)

    def add(self, losses, weights):
        """Takes `{phase: {name: loss}}` of a step and `{name: array}` after it."""
        for phase, values in losses.items():
            for name, value in values.items():
                self._append("losses/{}/{}".format(phase, name), np.asarray(value))
        for name, value in weights.items():
            flat = np.ravel(value)
            chosen = np.linspace(0, flat.size - 1, min(16, flat.size)).astype(np.int64)
            self._append("entries/" + name, flat[chosen])

    def arrays(self):
        """`{name: [steps, ...]}`."""
        return {name: np.stack(rows) for name, rows in self._rows.items()}
