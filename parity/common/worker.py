"""A recorder process: one job a line on standard input, one answer a line on standard output."""

import json
import os
import sys
import traceback

import numpy as np


def serve(jobs):
    """Answers until standard input ends.

    Args:
      jobs: `{job name: function of the job's dict that returns a JSON-able answer}`.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a program prints must not stand among the answers
    for line in sys.stdin:
        job = json.loads(line)
        try:
            answer = {"answer": jobs[job["job"]](job)}
        except Exception as error:  # a user's program may raise anything; the parent reports it
            answer = {"error": "{}: {}".format(type(error).__name__, error),
                      "traceback": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def entries(value):
    """Up to 16 evenly spaced entries of an array: enough to draw a drift curve."""
    flat = np.ravel(value)
    return flat[np.linspace(0, flat.size - 1, min(16, flat.size)).astype(np.int64)]


class Batches(object):
    """The batches that the parent wrote for every recorder: `{key: [steps, ...]}`."""

    def __init__(self, path, dtype):
        with np.load(path, allow_pickle=False) as file:
            self._arrays = {key: file[key] for key in file.files}
        self._dtype = dtype

    def __call__(self, step):
        """The batch of one step, counted from 1."""
        return {key: self._cast(values[step - 1]) for key, values in self._arrays.items()}

    def _cast(self, values):
        return values.astype(self._dtype) if values.dtype.kind == "f" else values
