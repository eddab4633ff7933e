"""Recorder processes, which run in parity mode and take jobs as lines of JSON."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import weakref

from parity import processes
from parity import temporary


class RecorderError(Exception):
    """A recorder failed at a job; the message is the program's own error, in one line."""


class Refused(RecorderError):
    """A recorder cannot use a file or a value: one line on it, the expected and the received."""


def signal_of(status):
    """The name of the signal that ended a process, and its likely cause.

    Args:
      status: the process's exit status, the signal's number below zero.
    """
    name = signal.Signals(-status).name
    return name + ", out of memory is likely" if name == "SIGKILL" else name


class Recorder:
    """A recorder process, which serves a whole verification: starting TensorFlow takes seconds."""

    def __init__(self, module, interpreter=None, folder=None, home=None, server=None):
        """Starts a recorder.

        Args:
          module: name of the module that it runs, as "parity.port.recorder".
          interpreter: path of the Python that runs it; None for this one.
          folder: the folder where it runs, alone on its path; None for the current folder.
          home: the folder whose modules it finds first; None for the one where it runs.
          server: the `ForkServer` that forks it, for this Python in the current folder; None to
            start Python.
        """
        # Temporary files of TensorFlow and of programs go with the process, however it ends.
        path = temporary.make()
        self._remove_temporary = weakref.finalize(self, temporary.remove, path)
        self._name = module
        self._errors = tempfile.TemporaryFile()
        try:
            if server:
                self._process = server.fork(module, home or os.getcwd(), path, self._errors)
            else:
                self._process = processes.start(
                    module, interpreter, folder, home, path, text=True, stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, stderr=self._errors)
        except OSError as error:
            self._errors.close()
            self._remove_temporary()
            raise RecorderError(
                f"{interpreter or sys.executable}: cannot be run ({error.strerror})")

    def __call__(self, job, **arguments):
        """The answer to one job, from JSON.

        Raises:
          Refused: the job's input cannot be used.
          OSError: the disk is full, broken or read-only.
          RecorderError: the job failed, or the process died.
        """
        try:
            self._process.stdin.write(json.dumps({"job": job, **arguments}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RecorderError(f"{self._name} ended: {self._last_error()}")
        answer = json.loads(line)
        if "refused" in answer:
            raise Refused(answer["refused"])
        if "disk" in answer:
            raise OSError(*answer["disk"])
        if "error" in answer:
            raise RecorderError(f"{self._name}: {answer['error']}")
        return answer["answer"]

    def _last_error(self):
        """The last line that an ended process wrote to standard error, after its signal if any."""
        status = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        if status < 0:
            return ", ".join([signal_of(status)] + lines[-1:])
        return lines[-1] if lines else f"exit status {status}"

    def finish(self):
        """Tells the process that no job follows; it ends by itself."""
        with contextlib.suppress(BrokenPipeError):  # it may have died with a job unread
            self._process.stdin.close()

    def close(self):
        """Ends the process, once it has answered."""
        self.finish()
        self._process.stdout.close()
        self._process.wait()
        self._errors.close()
        self._remove_temporary()

    def __enter__(self):
        return self

    def __exit__(self, error, *unused):
        if error:  # an interruption is not to wait for what nobody will read
            self.kill()
        self.close()

    def kill(self):
        """Ends the process whatever it is doing."""
        self._process.kill()
