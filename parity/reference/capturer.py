"""Captures programs, each in a fork of this process, which has imported TensorFlow.

As `python -m parity.reference.capturer` it answers jobs, one a line of JSON on standard input:

    import     {"modules", "folder"}: imports the modules that exist, from a folder, so that later
               programs find them imported
    capture    {"arguments", "folder"}: runs `python -m parity.capture` with these arguments in a
               folder; the answer is {"status", "said"}, its exit status and its last line

A start of TensorFlow takes seconds, a fork milliseconds.
"""

import contextlib
import ctypes
import importlib
import os
import runpy
import signal
import sys
import tempfile
import traceback

import tensorflow.compat.v1 as tf

from parity.common import worker

_DEATH_SIGNAL = 1  # of Linux's prctl: what a process is sent when its parent ends


def _become_capture(arguments, folder, out):
    """Runs the capture command in this process, with its output in a file; ends the process."""
    status = 1  # exit status of any other error
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
        os.chdir(folder)
        sys.path.insert(0, folder)
        sys.argv = ["parity.capture"] + arguments
        runpy.run_module("parity.capture", run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # this process ends here, and nothing else would report the error
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def import_modules(job):
    """Job "import": imports modules once, for all programs."""
    sys.path.insert(0, job["folder"])
    for name in job["modules"]:
        with contextlib.suppress(ImportError):  # the program that needs it reports the error
            importlib.import_module(name)
    sys.path.remove(job["folder"])
    return {}


def capture(job):
    """Job "capture": captures a program in a forked process; returns {"status", "said"}."""
    with tempfile.TemporaryFile() as out:
        child = os.fork()
        if not child:
            _become_capture(job["arguments"], job["folder"], out)
        _, ended = os.waitpid(child, 0)
        out.seek(0)
        lines = out.read().decode("utf-8", "replace").strip().splitlines()
    status = -os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else os.WEXITSTATUS(ended)
    return {"status": status, "said": (lines or ["it ended without a word"])[-1]}


def main():
    """Answers jobs until standard input ends."""
    assert tf.layers and tf.nn.rnn_cell  # TensorFlow imports them when they are first used
    worker.serve({"capture": capture, "import": import_modules})


if __name__ == "__main__":
    main()
    sys.exit(0)
