"""The loop of a recorder process: jobs as lines on standard input, answers on standard output."""

import gc
import json
import os
import queue
import re
import sys
import threading
import traceback

from parity.common import disk
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
    _end_start()
    lines = _Lines()
    for line in lines:
        answer = json.dumps(_answered(jobs, refused, json.loads(line)))
        lines.working = False  # before it is told: who has the last answer may end standard input
        answers.write(answer + "\n")
        answers.flush()


def _end_start():
    """Takes back what `parity.workers` changed for the imports: jobs run a user's programs."""
    gc.enable()
    for name in [name for name, module in sys.modules.items() if module is None]:
        del sys.modules[name]


def _answered(jobs, refused, job):
    """The answer to a job, or its error, as a dict."""
    try:
        return {"answer": jobs[job["job"]](job)}
    except refused as error:
        return {"refused": _line(error)}
    except Exception as error:  # a user's program may raise anything; the parent reports it
        unwritten = disk.failure(error)
        if unwritten:
            return {"disk": unwritten}
        frames = traceback.extract_tb(sys.exc_info()[2])
        return {"error": "{}: {} ({})".format(
            type(error).__name__, _line(error), sources.own_line(frames) or "in a recorder")}


class _Lines(object):
    """Lines of standard input, read by a thread: where it ends while one is worked on, the parent
    was killed, and nobody waits for what this process does."""

    def __init__(self):
        self._lines, self.working = queue.Queue(), False
        # A number of its own: programs are captured in forks, and may read standard input.
        threading.Thread(target=self._read, args=(os.dup(0),), daemon=True).start()

    def _read(self, number):
        try:
            with os.fdopen(number, "rb") as file:
                for line in file:
                    self.working = True  # from here on: the end may be read before it is begun
                    self._lines.put(line)
        finally:  # standard input that cannot be read has ended, too
            if self.working:
                os._exit(1)
            self._lines.put(b"")

    def __iter__(self):
        for line in iter(self._lines.get, b""):
            yield line.decode("utf-8")


def _line(error):
    """The message of an error in one line, without the colours that Keras puts into some."""
    return " ".join(_COLOUR.sub("", str(error)).split())
