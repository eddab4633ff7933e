"""Temporary folders that are removed however the process ends, by SIGKILL, too.

Another process is told of each folder. It waits for the end of a pipe that this one holds, and
removes what is still there then, once recorders that write in it have ended.
"""

import atexit
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import uuid

# The other process: lines "+path" and "-path". Signals to the group of a terminal do not reach it.
_GUARD = r"""
import os, shutil, sys, time
kept = []
for line in sys.stdin.buffer:
    path = bytes.fromhex(line[1:].decode())
    kept = [each for each in kept if each != path] + [path] * line.startswith(b"+")
end = time.monotonic() + 60
while kept and time.monotonic() < end:
    for path in kept:
        shutil.rmtree(path, True)
    kept = [path for path in kept if os.path.lexists(path)]
    time.sleep(0.05)
"""


class _Guard:
    """The other process, started for the first folder."""

    def __init__(self):
        self._process, self._lock, self._owner = None, threading.Lock(), os.getpid()

    def tell(self, sign, path):
        """Tells of a folder that was made ("+") or removed ("-")."""
        with self._lock, contextlib.suppress(OSError):  # without a guard all works as well
            if os.getpid() != self._owner:  # in a fork, whose folders go with the first process
                return
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-c", _GUARD], cwd=os.sep, stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
                atexit.register(self._end)
            self._process.stdin.write(
                sign.encode() + os.fsencode(path).hex().encode() + b"\n")
            self._process.stdin.flush()

    def _end(self):
        if os.getpid() == self._owner:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            self._process.wait()


_guard = _Guard()


def make(beside=None, prefix="parity-"):
    """Makes a temporary folder; returns its path.

    Args:
      beside: the folder that it is made in; that of temporary files if None.
      prefix: of its name.
    """
    path = os.path.join(os.path.abspath(beside or tempfile.gettempdir()), prefix + uuid.uuid4().hex)
    _guard.tell("+", path)  # before it is there: no kill comes between
    os.mkdir(path, 0o700)
    return path


def remove(path):
    """Removes a folder of `make`."""
    shutil.rmtree(path, ignore_errors=True)
    _guard.tell("-", path)


@contextlib.contextmanager
def folder(beside=None, prefix="parity-"):
    """Context with a temporary folder, arguments as of `make`."""
    path = make(beside, prefix)
    try:
        yield path
    finally:
        remove(path)
