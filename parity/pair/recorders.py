"""The processes of a verification: one captures, one replays the reference, one runs the port."""

import contextlib
import os

from parity.reference import staging
from parity.workers import Recorder


class Recorders:
    """Recorders that are started when they are first asked for; use it in a `with`.

    Args:
      folder: where the reference's code is put together for another interpreter.
      python: interpreter with the real TensorFlow 1 for the reference; "": this one.
      kept: whether one process runs every port. Else each has one of its own, where nothing is
        left of other ports or of the other precision.
      home: the folder whose modules ports find first; if not given, the current folder.
      packages: names of those that programs are made of, for another interpreter.
      modules: names of modules that programs import, if they are there; they are imported once.
    """

    def __init__(self, folder, python="", kept=False, home=None, packages=(), modules=()):
        self._folder, self._kept = os.path.join(folder, "staged"), kept
        self._python = os.path.abspath(python) if python else ""  # it runs in another folder
        self._home, self._packages, self._modules = home, packages, modules
        self._open, self._started = contextlib.ExitStack(), {}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return self._open.__exit__(*error)

    def _once(self, start, *arguments):
        if arguments not in self._started:
            self._started[arguments] = self._open.enter_context(start(*arguments))
        return self._started[arguments]

    def _legacy(self, module):
        if not self._python:
            return Recorder(module)
        if not os.path.isdir(self._folder):
            staging.stage(self._packages, self._folder)
        return Recorder(module, self._python, self._folder)

    @property
    def programs(self):
        """The folder in which programs are run."""
        return self._folder if self._python else self._home or os.getcwd()

    @property
    def capturer(self):
        """`parity.reference.capturer`."""
        recorder = self._once(self._legacy, "parity.reference.capturer")
        if self._modules:
            recorder("import", modules=self._modules, folder=self.programs)
            self._modules = ()
        return recorder

    @property
    def reference(self):
        """`parity.reference.recorder`."""
        return self._once(self._legacy, "parity.reference.recorder")

    def port(self):
        """A context that gives `parity.port.recorder`."""
        if self._kept:
            return contextlib.nullcontext(self._once(self._port))
        return self._port()

    def _port(self):
        return Recorder("parity.port.recorder", home=self._home)
