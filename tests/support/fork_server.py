"""A process that has imported TensorFlow, and forks to run Python commands.

A start of TensorFlow takes three seconds of a core, a fork some milliseconds. `ForkServer` starts
it; its attribute `python` is the path of a program that takes the arguments of `python`. Commands
that import TensorFlow run in a fork, all others in an interpreter of their own; so do those whose
environment would have TensorFlow imported in another way. Where FORKED_FIRST names a module of the
repository, a fork imports it before its command.
"""

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
import types
import uuid

# Modules that import TensorFlow or start what does; and the file that stands alone.
COMMANDS = ("benchmarks.speed.contestant", "legacy.sample", "legacy.train", "modern.sample",
            "modern.train", "parity.capture", "parity.convert", "parity.forking", "parity.selftest",
            "parity.verify",
            "parity.reference.capturer", "parity.reference.recorder", "parity.port.recorder",
            "tests.faults.many", "tests.parity.pair.converted.train", "tests.tf1.free_run")
_FILES = ("parity/capture.py", "tests/captures.py")
# What TensorFlow, Keras and NumPy read when they are imported.
_READ_AT_IMPORT = ("CUDA_VISIBLE_DEVICES", "KERAS_BACKEND", "TF_ENABLE_ONEDNN_OPTS",
                   "TF_USE_LEGACY_KERAS")
_HERE = os.path.dirname(os.path.abspath(__file__))
_PYTHON = """#!/bin/sh
for word in "$1" "$2" "$3" "$4" "$5"; do case "$word" in
{commands}) [ "{values}" = "{asked}" ] && exec '{python}' -IS '{client}' '{socket}' "$@";; esac
done
exec '{python}' "$@"
"""


class ForkServer:
    """Starts the process once a first command is to be forked; use it in a `with`.

    Args:
      folder: for the program.

    Attributes:
      python: path of the program that stands for `sys.executable`.
    """

    def __init__(self, folder):
        name = uuid.uuid4().hex
        self.python = os.path.join(str(folder), "python")
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind("\0" + name)  # it stands in no folder
        self._socket.listen(64)
        self._leaves, self._leave = os.pipe()
        self._process, self._waiting = None, threading.Thread(
            target=self._start_when_asked, args=(sys.executable,), daemon=True)
        with open(self.python, "w", encoding="utf-8") as file:
            file.write(_PYTHON.format(
                commands="|".join(COMMANDS + tuple("*" + name for name in _FILES)),
                values=":".join(os.environ.get(name, "") for name in _READ_AT_IMPORT),
                asked=":".join(f"${name}" for name in _READ_AT_IMPORT), python=sys.executable,
                client=os.path.join(_HERE, "fork_client.py"), socket=name))
        os.chmod(self.python, 0o755)
        self._waiting.start()

    def _start_when_asked(self, python):
        """Starts the process at the first connection, which waits until it is answered."""
        ready, _, _ = select.select([self._socket, self._leaves], [], [])
        if self._leaves not in ready:
            self._process = subprocess.Popen(
                [python, os.path.abspath(__file__), str(self._socket.fileno()), self.python],
                pass_fds=[self._socket.fileno()], stdin=subprocess.PIPE,
                env=dict(os.environ, OPENBLAS_NUM_THREADS="1"))
            self._socket.close()  # if the process ends, who asks is refused and does not wait

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        os.close(self._leave)
        self._waiting.join()
        if self._process:
            self._process.terminate()
            self._process.communicate()
        os.close(self._leaves)
        self._socket.close()


class _Server:
    """Answers connections: one a command, which ends with it.

    Args:
      number: file descriptor of the socket that listens.
      python: what `sys.executable` is for commands.
    """

    def __init__(self, number, python):
        self._python, self._commands = python, {}  # {connection: process}
        self._selector = selectors.DefaultSelector()
        self._socket = socket.socket(fileno=int(number))
        self._selector.register(self._socket, selectors.EVENT_READ, self._accept)
        self._selector.register(0, selectors.EVENT_READ, self._end)

    def serve(self):
        """Answers until standard input ends, as it does with the process that started this one."""
        signal.signal(signal.SIGTERM, self._end)
        while True:
            for key, _ in self._selector.select():
                if self._selector.get_map().get(key.fd) == key:  # no answer before ended it
                    key.data(key.fileobj)

    def _end(self, *unused):
        for process in self._commands.values():
            os.kill(process, signal.SIGKILL)
        os._exit(0)

    def _accept(self, listening):
        connection, _ = listening.accept()
        try:
            asked, streams = _received(connection)
        except (IndexError, OSError, ValueError):  # who asks was killed meanwhile
            connection.close()
            return
        process = os.fork()
        if not process:
            _become(asked, streams, self._python)
        for stream in streams:
            os.close(stream)
        self._commands[connection] = process
        self._selector.register(connection, selectors.EVENT_READ, self._signal)
        self._selector.register(os.pidfd_open(process), selectors.EVENT_READ, lambda file: (
            self._ended(file, connection)))

    def _signal(self, connection):
        """Passes on a signal; who asked may have been killed."""
        for number in connection.recv(10) or [signal.SIGKILL]:
            os.kill(self._commands[connection], number)
        if number == signal.SIGKILL:
            self._selector.unregister(connection)

    def _ended(self, file, connection):
        self._selector.unregister(file)
        os.close(file)
        _, status = os.waitpid(self._commands.pop(connection), 0)
        if connection in self._selector.get_map():
            self._selector.unregister(connection)
            with contextlib.suppress(OSError):  # who asked was killed, too
                connection.send(str(os.waitstatus_to_exitcode(status)).encode())
        connection.close()


def _received(connection):
    """(the request, the three standard streams) of a connection."""
    size, control, _, _ = connection.recvmsg(10, socket.CMSG_LEN(3 * array.array("i").itemsize))
    streams = array.array("i", control[0][2])
    text = b""
    while len(text) < int(size):
        more = connection.recv(int(size) - len(text))
        if not more:
            break
        text += more
    return json.loads(text), streams


def _become(asked, streams, python):
    """Runs a command in a process that was forked for it, and ends it."""
    status = 1
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.closerange(3, 1024)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.executable, tempfile.tempdir = python, None
        sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
        _import_first(os.environ.get("FORKED_FIRST"))
        status = _status(asked["arguments"])
    finally:
        os._exit(status)


def _import_first(module):
    if module:
        sys.path.insert(0, os.path.dirname(os.path.dirname(_HERE)))
        importlib.import_module(module)
        del sys.path[0]


def _status(arguments):
    """Exit status of a command."""
    try:
        _run(arguments)
        status = 0
    except SystemExit as exit:
        status = exit.code or 0
        if not isinstance(status, int):
            print(status, file=sys.stderr)
            status = 1
    except KeyboardInterrupt:
        traceback.print_exc()
        sys.stderr.flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return status


def _run(arguments):
    """What `python ARGUMENTS` does, with -c, -m or a file."""
    path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [each for each in path if each]
    kind, *rest = arguments
    if kind == "-c":
        sys.path.insert(0, "")
        sys.argv = ["-c"] + rest[1:]
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        exec(compile(rest[0], "<string>", "exec"), main.__dict__)
    elif kind == "-m":
        sys.path.insert(0, os.getcwd())
        sys.argv = rest[:]
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, os.path.dirname(os.path.abspath(kind)))
        sys.argv = arguments[:]
        runpy.run_path(kind, run_name="__main__")


def _import():
    """Imports what commands import of others' packages, without an operation of TensorFlow."""
    import keras
    import sklearn.datasets
    import tensorflow.compat.v1 as tf
    # What is imported when it is first asked for.
    assert keras.Model and sklearn.datasets and tf.layers and tf.nn.rnn_cell
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    del sys.path[0]
    _import()
    _Server(*sys.argv[1:]).serve()
