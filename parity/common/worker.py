"""The loop of a recorder process: jobs as lines on standard input, answers on standard output."""

import gc
import json
import os
import re
import sys
import traceback

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
