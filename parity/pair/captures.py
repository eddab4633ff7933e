"""The reference of a pair: a capture that is there, or a program that is captured first."""

import contextlib
import os
import re
import subprocess
import sys

from parity import capture
from parity import command_line
from parity.common import sources
from parity.workers import SAME_NUMBERS, RecorderError, signal_of

# Runs the file of the capture without its folder on the path, where a program's `import common`
# would find ours.
_START = """
import runpy, sys
sys.argv[:] = sys.argv[1:]
del sys.path[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
# How long an interrupted capture may tidy up.
_SECONDS = 5
_FRAME = re.compile(r'File "(.+)", line (\d+), in (.+)')


def is_capture(program):
    """Whether a program is a folder that the capture wrote."""
    return os.path.isfile(os.path.join(program, "capture.json"))


def captured(asked, folder, progress):
    """The folder of the capture; the program is captured into `folder` if it is none."""
    if is_capture(asked.program):
        return os.path.abspath(asked.program)
    if os.path.isdir(asked.program) and not os.path.isfile(
            os.path.join(asked.program, "saved_model.pb")):
        raise command_line.UsageError(f"--legacy={asked.program}: expected a capture or a "
                                      "program, received a folder without capture.json")
    progress(f"capturing {asked.program}")
    out = os.path.join(folder, "captured")
    ended = _run([asked.python or sys.executable, "-c", _START, capture.__file__,
                  f"--steps={asked.steps or 20}", f"--out={out}", f"--batches={asked.batches}",
                  "--", asked.program])
    if ended.returncode == command_line.EXIT_USAGE:
        raise command_line.UsageError(f"--legacy={asked.program}: {_said(ended)}")
    if ended.returncode:
        where = sources.own_line(_frames(ended.stderr))
        raise RecorderError(f"--legacy={asked.program}: {_said(ended)}"
                            + (f" ({where})" if where else ""))
    return out


def _run(command):
    """The `subprocess.CompletedProcess` of a command; an interruption ends it first.

    Kernels compute as they do in a replay, which can be bit for bit the same then. How many of them
    run at a time is the program's affair: with one, what waits for another would wait for ever.
    """
    path = [os.getcwd()] + [part for part in [os.environ.get("PYTHONPATH")] if part]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(
            os.environ, PYTHONPATH=os.pathsep.join(path), **SAME_NUMBERS)) as process:
        try:
            said = process.communicate()[1]
        except BaseException:
            process.terminate()  # it tidies up; what the program catches does not stop it
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS)
            process.kill()
            process.wait()
            raise
    return subprocess.CompletedProcess(command, process.returncode, stderr=said)


def _said(ended):
    """The last line of a process that failed; of one that a signal ended, which."""
    if ended.returncode < 0:
        return f"the capture ended by {signal_of(ended.returncode)}"
    return (ended.stderr.strip().splitlines() or [f"exit status {ended.returncode}"])[-1]


def _frames(text):
    """`[(path, line, function)]` of the last traceback in a text."""
    return _FRAME.findall(text.rpartition("Traceback (most recent call last):")[2])

