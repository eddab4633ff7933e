"""Finds the capture of a pair, or captures its program."""

import contextlib
import os
import re
import subprocess
import sys

from parity import capture
from parity import command_line
from parity.common import sources
from parity.processes import SAME_NUMBERS
from parity.workers import RecorderError, signal_of

# Runs the file of the capture without its folder on the path, where a program's `import common`
# would find ours.
# Where this process is killed, the capture has nobody to end it but Linux.
_START = """
import ctypes, runpy, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 15)  # SIGTERM at the parent's end
sys.argv[:] = sys.argv[1:]
del sys.path[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
# How long an interrupted capture may tidy up.
_SECONDS = 5
_FRAME = re.compile(r'File "(.+)", line (\d+), in (.+)')


def is_capture(program):
    """True where `program` is a folder with a capture."""
    return os.path.isfile(os.path.join(program, "capture.json"))


def captured(config, folder, progress):
    """Path of the capture; a program that is not captured yet is captured into `folder`."""
    if is_capture(config.program):
        return os.path.abspath(config.program)
    if os.path.isdir(config.program) and not os.path.isfile(
            os.path.join(config.program, "saved_model.pb")):
        raise command_line.UsageError(f"--legacy={config.program}: expected a capture or a "
                                      "program, received a folder without capture.json")
    progress(f"capturing {config.program}")
    out = os.path.join(folder, "captured")
    ended = _run([config.python or sys.executable, "-c", _START, capture.__file__,
                  f"--steps={config.steps or 20}", f"--out={out}", f"--batches={config.batches}",
                  "--", config.program])
    if ended.returncode == command_line.EXIT_USAGE:
        raise command_line.UsageError(f"--legacy={config.program}: {_said(ended)}")
    if ended.returncode:
        where = sources.own_line(_frames(ended.stderr))
        raise RecorderError(f"--legacy={config.program}: {_said(ended)}"
                            + (f" ({where})" if where else ""))
    return out


def _run(command):
    """Runs a command; returns its `subprocess.CompletedProcess`. An interruption ends it first.

    Its environment makes kernels compute as in a replay, so that both can be bit for bit equal. The
    number of threads is left to the program: with one, an operation that waits for another would
    wait for ever.
    """
    path = [os.getcwd()] + [part for part in [os.environ.get("PYTHONPATH")] if part]
    with subprocess.Popen(
            command, stderr=subprocess.PIPE, encoding="utf-8", errors="replace", env=dict(
                os.environ, PYTHONPATH=os.pathsep.join(path), **SAME_NUMBERS)) as process:
        try:
            said = process.communicate()[1]
        except BaseException:
            process.terminate()  # it tidies up, even if the program catches exceptions
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS)
            process.kill()
            process.wait()
            raise
    return subprocess.CompletedProcess(command, process.returncode, stderr=said)


def _said(ended):
    """Last line that a failed process printed, or the name of the signal that ended it."""
    if ended.returncode < 0:
        return f"the capture ended by {signal_of(ended.returncode)}"
    return (ended.stderr.strip().splitlines() or [f"exit status {ended.returncode}"])[-1]


def _frames(text):
    """`[(path, line, function)]` of the last traceback in a text."""
    return _FRAME.findall(text.rpartition("Traceback (most recent call last):")[2])

