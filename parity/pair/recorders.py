"""Processes of a verification: one captures, one replays the reference, others run the port."""

import contextlib
import os

from parity import fork_server
from parity.reference import staging
from parity.workers import Recorder

_REFERENCE = "parity.reference.recorder"


class Recorders:
    """Recorders, each started when it is first used; use it in a `with`.

    Args:
      folder: folder in which the reference's code is staged for another interpreter.
      python: interpreter with the real TensorFlow 1 for the reference; "": this one.
      kept: True to run every port in one process; else each `port()` starts a new process, free of
        other ports and of the other precision.
      home: folder in which ports look for modules first; the current folder if None.
      packages: names of the packages that programs need, for another interpreter.
      modules: names of modules that programs import; those that exist are imported once, early.
      server: the `ForkServer` that several `Recorders` share; its own if None.
    """

    def __init__(self, folder, python="", kept=False, home=None, packages=(), modules=(),
                 server=None):
        self._folder, self._kept = os.path.join(folder, "staged"), kept
        self._python = os.path.abspath(python) if python else ""  # it runs in another folder
        self._home, self._packages, self._modules = home, packages, modules
        self._open, self._started, self._ready = contextlib.ExitStack(), {}, []
        self._server = server or self._open.enter_context(fork_server.of_this_system())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if error[0] and self._server:
            self._server.kill()  # it is not to be waited for while it imports
        for recorder in self._ready:  # nobody is to wait for the imports of one that had no job
            recorder.kill()
        if not error[0]:
            for recorder in self._started.values():  # a tenth of a second each: side by side
                recorder.finish()
        return self._open.__exit__(*error)

    def start(self, reference, ports):
        """Starts processes before they have a job, since each imports TensorFlow on a core.

        Args:
          reference: True to start the reference's.
          ports: number of `port()`s whose processes are started.
        """
        if reference:
            self._once(self._legacy, _REFERENCE)
        if self._kept and ports:
            self._once(self._port)
        elif not self._kept:
            self._ready += [self._open.enter_context(self._port()) for _ in range(ports)]

    def _once(self, start, *arguments):
        if arguments not in self._started:
            self._started[arguments] = self._open.enter_context(start(*arguments))
        return self._started[arguments]

    def _legacy(self, module):
        if not self._python:
            return Recorder(module, server=self._server)
        if not os.path.isdir(self._folder):
            staging.stage(self._packages, self._folder)
        return Recorder(module, self._python, self._folder)

    @property
    def programs(self):
        """Folder in which programs are run."""
        return self._folder if self._python else self._home or os.getcwd()

    @property
    def capturer(self):
        """Recorder that runs `parity.reference.capturer`."""
        recorder = self._once(self._legacy, "parity.reference.capturer")
        if self._modules:
            recorder("import", modules=self._modules, folder=self.programs)
            self._modules = ()
        return recorder

    @property
    def reference(self):
        """Recorder that runs `parity.reference.recorder`."""
        return self._once(self._legacy, _REFERENCE)

    def port(self):
        """Context with the recorder that runs `parity.port.recorder`."""
        if self._kept:
            return contextlib.nullcontext(self._once(self._port))
        return self._ready.pop() if self._ready else self._port()

    def _port(self):
        return Recorder("parity.port.recorder", home=self._home, server=self._server)
