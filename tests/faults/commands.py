"""Runs commands of the project, forked, and looks at what they leave behind."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from typing import NamedTuple

from tests.support.fork_server import ForkServer

SECONDS = 30
MEGABYTES = 2048
_REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Ended(NamedTuple):
    """How a command ended, and what it left.

    Attributes:
      program: the name with which its lines begin.
      status: its exit status; of one that a signal ended, the number below zero; None where it
        took longer than `SECONDS`, as if it had a core for itself, and was killed.
      out, err: what it said.
      megabytes: the most that one of its processes had in memory.
      left: processes and temporary files of it that are still there.
    """

    program: str
    status: int
    out: str
    err: str
    megabytes: int
    left: list


class Commands:
    """Starts commands; use it in a `with`.

    Args:
      python: program of a `ForkServer` that forks them; a server of its own if None.

    Attributes:
      folder: for what commands write; removed at the end.
      repository: path of the repository, in which commands run.
    """

    repository = _REPOSITORY

    def __init__(self, python=None):
        self.folder = tempfile.mkdtemp(prefix="faults-")
        self._server = None if python else ForkServer(self.folder)
        self._python = python or self._server.python
        self._count = 0

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self._server:
            self._server.__exit__()
        shutil.rmtree(self.folder)

    def new_folder(self):
        """Path of a folder that is not there yet."""
        self._count += 1
        return os.path.join(self.folder, "{}".format(self._count))

    def __call__(self, module, *arguments, calls=None, kill_after=None,
                 number=signal.SIGKILL, seconds=SECONDS):
        """Runs `python -m MODULE ARGUMENTS`: `Ended`.

        Args:
          calls: the `system_calls.Calls` that looks at its system calls, or None.
          kill_after: seconds after which it is sent a signal, or None.
          number: that signal.
          seconds: how long it may take.
        """
        processes, temporary = self.new_folder(), self.new_folder()
        os.mkdir(processes)
        os.mkdir(temporary)
        environment = dict(
            os.environ, FORKED_FIRST="tests.faults.first", FAULTS_PROCESSES=processes,
            FAULTS_CALLS=calls.name if calls else "", TMPDIR=temporary, PYTHONPATH=_REPOSITORY,
            TF_CPP_MIN_LOG_LEVEL="3", OPENBLAS_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
        process = subprocess.Popen(
            [self._python, "-m", module, *arguments], cwd=_REPOSITORY, env=environment,
            text=True, errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True)
        if kill_after is not None:
            _kill_after(process, processes, kill_after, number)
        status, out, err = _waited_for(process, processes, temporary, seconds)
        left = _left(processes, temporary)
        megabytes = max([0] + [int(_text(path) or 0) for path in _files(processes)])
        shutil.rmtree(processes)
        shutil.rmtree(temporary)
        return Ended(module.replace("parity.capture", "capture"), status, out, err, megabytes, left)


def _waited_for(process, processes, temporary, seconds):
    """(status, out, err) of a process; the status is None where it took too long."""
    try:
        out, err = process.communicate(timeout=seconds * _waiting())
        return process.returncode, out, err
    except subprocess.TimeoutExpired:
        _kill([*_running(processes), *_marked(temporary), process.pid])
        out, err = process.communicate()
        return None, out, err


def _waiting():
    """Number of processes that want each core, at least 1: a busy machine is no hang."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _kill_after(process, processes, seconds, number):
    """Sends a signal some seconds after the command has begun."""
    end = time.monotonic() + 20
    while not os.listdir(processes) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        for each in list(_running(processes))[:1] if number == signal.SIGKILL else []:
            os.kill(each, number)
        if number != signal.SIGKILL:
            process.send_signal(number)


def _files(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder), key=int)]


def _text(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def _running(processes):
    """Numbers of the processes that run, in the order in which they began."""
    for path in sorted(_files(processes), key=lambda each: os.stat(each).st_ctime_ns):
        number = int(os.path.basename(path))
        try:
            with open("/proc/{}/stat".format(number), encoding="utf-8") as file:
                if file.read().rpartition(")")[2].split()[0] != "Z":
                    yield number
        except OSError:
            continue


def _left(processes, temporary, seconds=8.0):
    """Names of temporary files, and numbers of processes that still run; all of them are ended."""
    end = time.monotonic() + seconds
    while True:
        running = list(_running(processes)) + list(_marked(temporary))
        left = ["process {}".format(number) for number in running] + os.listdir(temporary)
        if not left or time.monotonic() > end:
            break
        time.sleep(0.05)
    _kill(running)
    return left


def _kill(processes):
    for number in processes:
        with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
            os.kill(number, signal.SIGKILL)


def _marked(temporary):
    """Numbers of processes, other than forks, that were given a folder for temporary files."""
    word = "TMPDIR={}\0".format(temporary).encode()
    for name in os.listdir("/proc"):
        try:
            with open("/proc/{}/environ".format(name), "rb") as file:
                if name.isdecimal() and word in file.read():
                    yield int(name)
        except OSError:
            continue


