"""Verifies many small pairs with three processes that are started once.

A start of TensorFlow takes seconds; what a pair adds to it is its capture, its replays, its steps.
"""

import contextlib
import os

from parity.golden import against
from parity.golden import file
from parity.golden import writing
from parity.pair import rate_causes
from parity.pair import step_causes
from parity.pair import verification
from parity.pair.config import PairConfig
from parity.pair.recorders import Recorders
from tests.captures import Captures


def search_no_causes(patch):
    """Leaves no time to look for causes, which takes longer than all the rest.

    Args:
      patch: a `pytest.MonkeyPatch`.
    """
    patch.setattr(step_causes, "MOST", 0.0)
    patch.setattr(rate_causes, "MOST", 0.0)


class _Ports:
    """`Recorders` of ports: who asks for another is told off."""

    def __init__(self, recorders):
        self.port = recorders.port

    def start(self, reference, ports):
        assert not reference and ports in (1, 2)

    def __getattr__(self, name):
        raise AssertionError(f"no {name} runs where a port is verified against a golden file")


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
        return verification.verify(self._asked(program, port, arguments=arguments),
                                   self._new_folder(), lambda line: None, self._recorders)

    def write_golden(self, path, program, port, **asked):
        """Verifies the port, and writes the golden file of the pair; the `Result`."""
        folder, asked = self._new_folder(), self._asked(program, port, **asked)
        result, found = verification.verified(asked, folder, lambda line: None, self._recorders)
        writing.write(path, asked, found, folder, lambda line: None, self._recorders)
        return result

    def against(self, path, port, **asked):
        """The `Result` of a port that is verified against a golden file; no reference is run."""
        return against.verify(PairConfig(path, port, **asked), file.read(path), self._new_folder(),
                              lambda line: None, _Ports(self._recorders))

    def _asked(self, program, port, **asked):
        words = (program,) if isinstance(program, str) else program
        return PairConfig(self._capture_of(words), port, **asked)

    def _new_folder(self):
        self._count += 1
        folder = os.path.join(self._folder, f"{self._count}.pair")
        os.mkdir(folder)
        return folder

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
