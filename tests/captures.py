"""Runs the command that captures, in processes forked from one that has imported TensorFlow.

A start of TensorFlow takes seconds, a fork milliseconds. As a program this file is that process: it
reads a line of JSON for each command, and answers with the exit status.
"""

import json
import os
import runpy
import signal
import subprocess
import sys
import time
import typing

SECONDS = 60.0


class Ended(typing.NamedTuple):
    """What a command left behind."""

    status: int  # of one that a signal ended, its number below zero
    out: str
    err: str
    seconds: float
    process: int

    @property
    def said(self):
        """The lines of the command itself, without their beginning."""
        return [line[len("capture: "):] for line in self.err.splitlines()
                if line.startswith("capture: ")]

    def left(self):
        """Processes of the command that still run, for two seconds."""
        end = time.time() + 2.0
        while True:
            found = list(_of_group(self.process))
            if not found or time.time() > end:
                return found
            time.sleep(0.05)


def _of_group(group):
    """Numbers of the processes of a group, but for those that wait to be forgotten."""
    for entry in os.listdir("/proc"):
        try:
            with open(os.path.join("/proc", entry, "stat")) as file:
                state, _, of = file.read().rpartition(")")[2].split()[:3]
        except OSError:  # no process, or gone meanwhile
            continue
        if int(of) == group and state != "Z":
            yield int(entry)


class Captures(object):
    """The process that is forked; use it in a `with`."""

    def __init__(self, repository, folder, python=None):
        self._folder, self._count = str(folder), 0
        environment = dict(os.environ, PYTHONPATH=repository)
        self._process = subprocess.Popen(
            [python or sys.executable, os.path.abspath(__file__)], env=environment,
            cwd=self._folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout.readline() == b"ready\n"

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self._process.stdin.close()
        self._process.wait()

    def __call__(self, *arguments, cwd=None, script=""):
        """Runs `python -m parity.capture` with these arguments, or `python SCRIPT`: `Ended`."""
        self._count += 1
        paths = [os.path.join(self._folder, "{}.{}".format(self._count, name))
                 for name in ("out", "err")]
        asked = {"arguments": [str(each) for each in arguments], "cwd": str(cwd or self._folder),
                 "paths": paths, "script": str(script)}
        start = time.time()
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that is forked has ended"
        texts = []
        for path in paths:
            with open(path, "rb") as file:
                texts.append(file.read().decode())
        status, process = map(int, answer.split())
        return Ended(status, texts[0], texts[1], time.time() - start, process)


def run(asked):
    """What a forked process does: it becomes the command."""
    os.setsid()
    for number, path in zip((1, 2), asked["paths"]):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(asked["cwd"])
    sys.argv = [asked["script"] or "parity.capture"] + asked["arguments"]
    if asked["script"]:
        sys.path = [os.path.dirname(asked["script"])] + [
            path for path in sys.path if path != os.environ["PYTHONPATH"]]
        runpy.run_path(asked["script"], run_name="__main__")
    else:
        sys.path.insert(0, asked["cwd"])
        runpy.run_module("parity.capture", run_name="__main__", alter_sys=True)


def wait(child):
    """Exit status of a process, which is ended when it takes too long."""
    end = time.time() + SECONDS
    while time.time() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL


def serve():
    """Answers each line with the exit status of a command."""
    answers = os.fdopen(os.dup(1), "w")
    answers.write("ready\n")
    answers.flush()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            answers.close()
            status = 1
            try:
                run(json.loads(line))
                status = 0  # a script that comes to its end; the capture leaves by itself
            finally:
                os._exit(status)
        answers.write("{} {}\n".format(wait(child), child))
        answers.flush()


if __name__ == "__main__":
    from groundwork import importing
    with importing.importing_tensorflow():
        import tensorflow.compat.v1 as tf
        assert tf.layers and tf.nn.rnn_cell  # imported when they are first asked for
    sys.path.pop(0)
    serve()
