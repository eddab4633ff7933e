"""Trials of parity's commands: killed, or failed at a system call.

After each, what the command writes is as it was or whole; the same command then ends as it does
where nothing happens, and leaves no other file.
"""

import json
import os
import random
import shutil
import signal
import time
import zipfile

import numpy as np

from tests.faults.system_calls import Calls, KILL
from tests.faults.table import BAD, judged, LEFT, LOST, REFUSED, SURVIVED, TRACEBACK, Trial
from tests.support.damaged_data import damaged

_OLD = "what was there before"
_PROGRAM = "batch_norm"
_CONVERTED = os.path.join("tests", "parity", "pair", "converted")



class Pair:
    """A captured program, its port, a checkpoint, its weights in Keras, and traces of both.

    Args:
      commands: the `tests.faults.commands.Commands`.

    Attributes:
      commands: `{name: function of a folder that gives module and arguments of a command}`.
    """

    def __init__(self, commands):
        self._commands, self._folder = commands, commands.new_folder()
        os.mkdir(self._folder)
        self._seconds, self._calls = {}, {}
        self._train = [os.path.join(_CONVERTED, "train.py"), _PROGRAM, "3", self.path("a.ckpt")]
        port = os.path.join(_CONVERTED, "port.py") + ":" + _PROGRAM
        self._pair = pair = ["--legacy=" + self.path("captured"), "--modern=" + port]
        self._made = {
            "capture": lambda folder: ["parity.capture", "--steps=3",
                                       "--out=" + os.path.join(folder, "captured"), "--",
                                       *self._train],
            "convert": lambda folder: ["parity.convert", *pair, "--checkpoint=" +
                                       self.path("a.ckpt"),
                                       "--out=" + os.path.join(folder, "a.keras")],
            "convert back": lambda folder: ["parity.convert", *pair,
                                            "--weights=" + self.path("a.keras"),
                                            "--out=" + os.path.join(folder, "b.ckpt")],
            "verify": lambda folder: ["parity.verify", *pair, "--float32_only", "--traces=" +
                                      os.path.join(folder, "traces"), "--json=" +
                                      os.path.join(folder, "a.json"), "--report=" +
                                      os.path.join(folder, "a.html")],
        }
        ended = commands("tests.parity.pair.converted.train", *self._train[1:])
        if ended.status:
            raise RuntimeError("train.py: {}".format(ended))
        for name in self._made:
            self._count(name)
        self.names = list(self._made)

    def path(self, name):
        """Path of a file of the pair."""
        return os.path.join(self._folder, name)

    def _count(self, name):
        """Runs a command where nothing happens, for its calls and its files."""
        begun = time.monotonic()
        with Calls([self._folder]) as calls:
            ended = self._commands(*self._made[name](self._folder), calls=calls)
        if ended.status:
            raise RuntimeError("{}: {}".format(name, ended))
        self._seconds[name], self._calls[name] = time.monotonic() - begun, calls.count

    def write_golden(self, path, traces):
        """Writes a golden file of the pair, and the traces of its port against it."""
        for arguments in ([*self._pair, "--float32_only"], [self._pair[1], "--traces=" + traces]):
            ended = self._commands("parity.verify", *arguments, "--golden=" + path)
            if ended.status:
                raise RuntimeError("golden: {}".format(ended))
        inner, = os.listdir(traces)
        for name in os.listdir(os.path.join(traces, inner)):
            shutil.move(os.path.join(traces, inner, name), traces)
        os.rmdir(os.path.join(traces, inner))

    def calls(self, name):
        """Number of system calls that a command makes on the files that it leaves."""
        return self._calls[name]

    def killed(self, name, seed, number=signal.SIGKILL):
        """Sends a signal at a random moment of a command."""
        seconds = random.Random(seed).uniform(0.0, self._seconds[name])
        folder = self._begun(name)
        ended = self._commands(*self._made[name](folder), kill_after=seconds,
                               number=number)
        trial = judged(ended, KILL if number == signal.SIGKILL else "")
        if ended.status == -number and not ended.err:  # it came before the command began
            trial = Trial(SURVIVED)
        elif trial.outcome == REFUSED and ended.status != 128 + number:
            trial = Trial(TRACEBACK, "status {}: {}".format(ended.status, ended.err))
        return self._repeated(name, folder, trial)

    def failed(self, name, failure, at):
        """Fails a system call on what a command writes: see `Calls`."""
        folder = self._begun(name)
        with Calls([folder], failure, at) as calls:
            ended = self._commands(*self._made[name](folder), calls=calls)
        trial = judged(ended, failure)
        if failure != KILL and trial.outcome not in BAD:
            left = sorted(set(os.listdir(folder)) - set(_files(name, folder)))
            if left:
                return Trial(LEFT, ", ".join(left))
        return self._repeated(name, folder, trial)

    def damaged(self, name, seed):
        """Damages what `parity.convert` reads: a checkpoint, weights, or a capture."""
        folder, chosen = self._commands.new_folder(), np.random.RandomState(seed)
        os.mkdir(folder)
        command = "convert back" if name.startswith("weights") else "convert"
        start = {"checkpoint": "a.ckpt", "capture": "captured"}.get(name, "a.keras")
        arguments = self._made[command](folder)
        for each in os.listdir(self._folder):
            if each.startswith(start):
                _copy(self.path(each), os.path.join(folder, "read-" + each))
        _damage(folder, chosen)
        arguments = [each.replace(self.path(start), os.path.join(folder, "read-" + start))
                     for each in arguments]
        trial = judged(self._commands(*arguments))
        broken = "" if trial.outcome in BAD else _broken(command, folder)
        shutil.rmtree(folder)
        return Trial(LOST, broken) if broken else trial

    def _begun(self, name):
        """A folder that holds what an earlier command wrote, where that is replaced."""
        folder = self._commands.new_folder()
        os.mkdir(folder)
        for path in _files(name, self._folder):
            if name not in ("capture", "verify"):
                shutil.copy(os.path.join(self._folder, path), folder)
        for path in ("a.json", "a.html") if name == "verify" else ():
            with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                file.write(_OLD)
        return folder

    def _repeated(self, name, folder, trial):
        """The `Trial` after the same command has run again where nothing happens."""
        if trial.outcome in BAD:
            return trial
        broken = _broken(name, folder)
        if broken:
            return Trial(LOST, broken)
        arguments = self._made[name](folder)
        if name == "capture" and os.path.exists(os.path.join(folder, "captured")):
            arguments = ["parity.capture", "--show=" + os.path.join(folder, "captured")]
        again = self._commands(*arguments)
        if judged(again).outcome != SURVIVED:
            return Trial(LOST, "cannot be repeated: {}".format(again))
        broken, expected = _broken(name, folder, whole=True), sorted(_files(name, self._folder))
        if broken:
            return Trial(LOST, broken)
        if sorted(os.listdir(folder)) != expected:
            return Trial(LEFT, ", ".join(sorted(set(os.listdir(folder)) - set(expected))))
        shutil.rmtree(folder)
        return trial


def _copy(path, to):
    (shutil.copytree if os.path.isdir(path) else shutil.copy)(path, to)


def _damage(folder, random):
    """Damages one of the files below a folder."""
    paths = sorted(os.path.join(place, name) for place, _, names in os.walk(folder)
                   for name in names)
    path = paths[random.randint(len(paths))]
    with open(path, "rb") as file:
        content = file.read()
    with open(path, "wb") as file:
        file.write(damaged(content, random))


def _files(name, folder):
    """Names of what a command writes into a folder, of those that are there and not in the making.
    """
    starts = {"capture": ("captured",), "convert": ("a.keras",), "convert back": ("b.ckpt",),
              "verify": ("a.json", "a.html", "traces")}[name]
    return [each for each in os.listdir(folder)
            if each.startswith(starts) and not each.endswith(".part")]


def _broken(name, folder, whole=False):
    """In words, a file that is neither as before nor whole; "" where there is none."""
    for each in _files(name, folder):
        path = os.path.join(folder, each)
        try:
            _read(path, whole)
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            return "{}: {}".format(each, error)
    return ""


def _read(path, whole):
    """Raises an error where a file is not whole, nor what was there before."""
    if path.endswith((".json", ".html")):
        with open(path, encoding="utf-8") as file:
            content = file.read()
        if content == _OLD and not whole:
            return
        if path.endswith(".json"):
            json.loads(content)
        elif not content.rstrip().endswith("</html>"):
            raise ValueError("a page that is cut off")
    elif path.endswith((".keras", ".npz")):
        with zipfile.ZipFile(path) as file:
            if file.testzip():
                raise ValueError("a damaged member")
    elif os.path.isdir(path):
        for each in os.listdir(path) if not path.endswith("captured") else ():
            if not each.endswith(".part"):
                _read(os.path.join(path, each), whole)
