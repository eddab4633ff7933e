"""Verifies many small pairs with three processes that are started once.

A start of TensorFlow takes seconds; what a pair adds to it is its capture, its replays, its steps.
"""

import contextlib
import os

from parity.pair import verification
from parity.pair.asked import Asked
from parity.pair.recorders import Recorders
from tests.captures import Captures



class Verifications:
    """Function (program, port) that returns the `Result` of the pair.

    A program is the words of its command line, or "file.py:function" as the port is; what the
    port's function is given stands behind.

    Args:
      repository: path of the repository's root.
      folder: for captures and traces.
      python: interpreter that captures; if not given, this one.
      steps: how many are captured; of four, the first three are compared.
    """

    def __init__(self, repository, folder, python=None, steps=4):
        self._folder, self._steps = str(folder), steps
        self._captured, self._count = {}, 0
        self._stack = contextlib.ExitStack()
        self._capture = self._stack.enter_context(Captures(repository, folder, python))
        self._recorders = self._stack.enter_context(Recorders(self._folder, kept=True))

    def __call__(self, program, port, **arguments):
        """Captures the program, unless it was, and verifies the port."""
        self._count += 1
        folder = os.path.join(self._folder, f"{self._count}.pair")
        os.mkdir(folder)
        words = (program,) if isinstance(program, str) else program
        return verification.verify(Asked(self._capture_of(words), port, arguments=arguments),
                                   folder, lambda line: None, self._recorders)

    def _capture_of(self, words):
        if words not in self._captured:
            out = os.path.join(self._folder, f"{self._count}.captured")
            ended = self._capture(f"--steps={self._steps}", f"--out={out}", "--", *words)
            assert ended.status == 0, ended.err
            self._captured[words] = out
        return self._captured[words]

    def close(self):
        """Ends the processes."""
        self._stack.close()
