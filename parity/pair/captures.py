"""The reference of a pair: a capture that is there, or a program that is captured first."""

import os
import subprocess
import sys

from parity import capture
from parity import command_line
from parity.reference import staging
from parity.workers import Recorder, RecorderError


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
    ended = subprocess.run(
        [asked.python or sys.executable, capture.__file__, f"--steps={asked.steps or 20}",
         f"--out={out}", f"--batches={asked.batches}", "--", asked.program],
        stderr=subprocess.PIPE, text=True)
    if ended.returncode:
        line = (ended.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise (command_line.UsageError if ended.returncode == command_line.EXIT_USAGE
               else RecorderError)(f"--legacy={asked.program}: {line}")
    return out


def recorder(asked, folder):
    if not asked.python:
        return Recorder("parity.reference.recorder")
    staged = os.path.join(folder, "staged")
    staging.stage([], staged)
    return Recorder("parity.reference.recorder", asked.python, staged)
