"""Contestants as processes that the benchmark starts, asks and ends; and whole commands."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import NamedTuple

from parity import command_line
from parity.workers import RecorderError

_PATIENCE = 400.0  # seconds; `torch.compile` takes tens of them


class Whole(NamedTuple):
    """Time and memory of a command from its start to its end."""

    seconds: float
    peak_megabytes: float


class Failed(RecorderError):
    """A contestant or a command failed; the message is the last line that it wrote."""


def _last_line(errors):
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "no message"


def whole(command, what):
    """Runs a command, which keeps bytecode as it does by default, to its end; its `Whole`.

    Raises:
      UsageError: it refused its input.
      Failed: it failed.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=kept, stdout=subprocess.DEVNULL,
                                   stderr=errors)
        # Not `wait`: only wait4 tells the peak of this one process. It includes what we are when
        # it is started, so no large library is imported here.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            kind = command_line.UsageError if process.returncode == 64 else Failed
            raise kind(f"{_last_line(errors)} (exit status {process.returncode} of {what})")
    return Whole(seconds, usage.ru_maxrss / 1024)  # Linux counts in kB


class Contestant:
    """A process of `benchmarks.speed.contestant`, a context; it is idle unless it is asked."""

    def __init__(self, kind, settings, python=sys.executable, patience=_PATIENCE):
        """Args:
          kind: a key of `contestant.MODULES`.
          settings: as `settings.of` makes them.
          python: its interpreter.
          patience: seconds in which an answer has to come.
        """
        self.kind = kind
        self._patience = patience
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.speed.contestant", kind, json.dumps(settings)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused_exception):
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def ask(self, steps):
        """Has it take so many steps or a few more; `(steps, seconds)`.

        Raises:
          Failed: it ended, or gave no answer in time.
        """
        try:
            self._process.stdin.write(f"{steps}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # what it wrote last says why
        answer = self._answer()
        return answer["steps"], answer["seconds"]

    def end(self):
        """Lets it end; its peak memory in MB."""
        self._process.stdin.close()
        self._process.stdin = None  # or `communicate` would flush it
        return self._answer()["peak_megabytes"]

    def _answer(self):
        timer = threading.Timer(self._patience, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        late = timer.finished.is_set()
        timer.cancel()
        if line:
            return json.loads(line)
        status = self._process.wait()
        said = f"no answer in {self._patience:.0f} s" if late else _last_line(self._errors)
        raise Failed(f"{said} (exit status {status} of {self.kind})")


def has_torch(python):
    """True where an interpreter has PyTorch."""
    code = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"
    return subprocess.run([python, "-c", code], stderr=subprocess.DEVNULL).returncode == 0
