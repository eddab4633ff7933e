"""Recorder processes that are forked from one that has imported TensorFlow and Keras.

An import takes seconds of a core, a fork some milliseconds. Only Linux forks: elsewhere, what is
imported may start threads, which a fork would lack.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading

from parity import processes



def of_this_system():
    """Context with a `ForkServer`, or with None where the system is not known to fork well."""
    return ForkServer() if sys.platform == "linux" else contextlib.nullcontext()


class ForkServer:
    """The process that forks, started for the first recorder; use it in a `with`.

    Several threads may have recorders forked.
    """

    def __init__(self):
        self._lock, self._socket, self._process = threading.Lock(), None, None

    def fork(self, module, home, temporary, errors):
        """Asks for a recorder, which is forked once its module is imported; does not wait for it.

        Args:
          module: name of the module, whose `main()` the recorder runs.
          home: the folder whose modules it finds first.
          temporary: the folder of its temporary files.
          errors: file of its standard error.

        Returns:
          The `Forked`.

        Raises:
          OSError: this Python cannot be run.
        """
        asked = {"module": module, "home": home, "temporary": temporary}
        (theirs, stdin), (stdout, answers), (told, tell) = os.pipe(), os.pipe(), os.pipe()
        try:
            with self._lock:
                self._start()
                with contextlib.suppress(OSError):  # of a process that has ended: it tells nothing
                    socket.send_fds(self._socket, [json.dumps(asked).encode()],
                                    [theirs, answers, errors.fileno(), tell])
        finally:
            for number in (theirs, answers, tell):
                os.close(number)
        return Forked(stdin, stdout, told, self._process)

    def _start(self):
        if self._process:
            return
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = processes.start(
                "parity.forking", home=processes.OURS, stdin=theirs, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)

    def kill(self):
        """Ends the process, even while it imports; what it has forked goes on."""
        if self._process:
            self._process.kill()

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        if self._process:
            self._socket.close()
            self._process.wait()


class Forked:
    """A forked recorder, with those parts of a `subprocess.Popen` that a `Recorder` uses.

    Args:
      stdin: descriptor of a pipe to its standard input.
      stdout: descriptor of a pipe from its standard output.
      told: descriptor of a pipe that tells its process number and, once it has ended, its exit
        status; it is closed when both it and the process that forks have ended.
      server: the `subprocess.Popen` of the process that forks.

    Attributes:
      returncode: its exit status, a signal's number below zero; None until it was waited for.
    """

    def __init__(self, stdin, stdout, told, server):
        self.stdin, self.stdout = open(stdin, "w"), open(stdout)
        self._told, self._server = open(told), server
        self._number, self.returncode = None, None

    def _forked(self):
        """Number of the process; "" where none was forked. It waits until the imports are done."""
        if self._number is None:
            self._number = self._told.readline().strip()
        return self._number

    def wait(self):
        """Waits for the end of the process; its exit status, or the server's if that ended."""
        if self.returncode is None:
            said = self._forked() and self._told.readline()
            self.returncode = int(said) if said else self._server.wait()
            self._told.close()
        return self.returncode

    def kill(self):
        """Ends the process whatever it is doing."""
        if self.returncode is None and self._forked():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(self._number), signal.SIGKILL)
