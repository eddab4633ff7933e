"""The process that forks recorders: `python -m parity.forking`, a socket as standard input.

Each packet is a JSON object and four file descriptors: standard input, output and error of a
recorder, and a pipe. Fields of the object:

    module      name of the module that is imported before the fork; the recorder runs its `main()`
    home        the folder whose modules it finds first
    temporary   the folder of its temporary files

The pipe gets the number of the process that was forked, and later its exit status, a line each.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import traceback

import numpy as np

_BYTES = 65536  # more than a request has


def main():
    """Answers requests until the other end of the socket is closed."""
    requests, running = socket.socket(fileno=os.dup(0)), {}
    awake, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *unused: None)
    signal.set_wakeup_fd(wake)  # a process that ends writes a byte
    while True:
        ready, _, _ = select.select([requests, awake], [], [])
        if awake in ready:
            os.read(awake, _BYTES)
            _tell_ended(running)
        if requests in ready and not _forked(requests, running):
            return


def _tell_ended(running):
    """Tells which processes have ended.

    Args:
      running: `{number of a process: descriptor of the pipe that is told its exit status}`.
    """
    for process, tell in list(running.items()):
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            _tell(tell, os.waitstatus_to_exitcode(status))
            os.close(running.pop(process))


def _tell(tell, number):
    with contextlib.suppress(BrokenPipeError):  # who asked is gone
        os.write(tell, b"%d\n" % number)


def _forked(requests, running):
    """Forks for the next request; False where there is none."""
    text, given, _, _ = socket.recv_fds(requests, _BYTES, 4)
    if not text:
        return False
    asked, (stdin, stdout, stderr, tell) = json.loads(text), given
    os.dup2(stderr, 2)  # where the import ends this process, its words are read there
    with contextlib.suppress(Exception):  # the recorder's own import reports the error
        importlib.import_module(asked["module"])
    process = os.fork()
    if not process:
        for number in [requests.detach(), stderr, *running.values()]:
            os.close(number)
        _become(asked, stdin, stdout)
    for number in (stdin, stdout, stderr):
        os.close(number)
    running[process] = tell
    _tell(tell, process)
    return True


def _become(asked, stdin, stdout):
    """Runs a recorder in this process, which was forked for it, and ends it."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(stdin, 0)
        os.dup2(stdout, 1)
        os.close(stdin)
        os.close(stdout)
        os.environ["TMPDIR"], tempfile.tempdir = asked["temporary"], None
        sys.path[0], sys.argv[:] = asked["home"], [asked["module"]]
        np.random.seed()  # each process draws its own numbers, as one that was not forked
        importlib.import_module(asked["module"]).main()
        status = 0
    except SystemExit as ending:  # of a user's program
        status = _status(ending.code)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _status(code):
    """Exit status of `sys.exit(code)`, which prints what is no number."""
    if code is None or isinstance(code, int):
        return int(code or 0)
    print(code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
    sys.stderr.flush()
    os._exit(0)  # TensorFlow would take a while to end, and has nothing to save
