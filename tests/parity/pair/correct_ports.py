"""The correct ports of correct/: their names, and a function that verifies them, right or changed.

A pair is a function of correct/legacy and one of the same name in correct/modern. Where the
environment's LEGACY_PYTHON names an interpreter, the real TensorFlow 1 captures the programs.
"""

import ast
import os

from tests.parity.pair.verifications import Verifications

CORRECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "correct")
_SEEDED = '''import runpy

from tests.parity.pair import seeded

_PROGRAMS = runpy.run_path({path!r})


def {name}():
    return seeded.program(_PROGRAMS[{name!r}], {seed})
'''


def _path(side, group):
    return os.path.join(CORRECT, side, group + ".py")


def functions(side, group):
    """Names of the public functions of a file, in order."""
    with open(_path(side, group), encoding="utf-8") as source:
        return [node.name for node in ast.parse(source.read()).body
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


GROUPS = sorted(name[:-3] for name in os.listdir(os.path.join(CORRECT, "modern"))
                if name.endswith(".py"))
PAIRS = [f"{group}.{name}" for group in GROUPS for name in functions("modern", group)]


class Ports:
    """Verifies pairs; each program is captured once a seed.

    Args:
      repository: path of the repository's root.
      folder: for captures, traces and changed files.

    Attributes:
      verifications: the `Verifications` that they share.
    """

    def __init__(self, repository, folder):
        self._folder, self._count = str(folder), 0
        self.verifications = Verifications(repository, folder, os.environ.get("LEGACY_PYTHON"))

    def __call__(self, pair, seed=0, legacy=None, modern=None):
        """The `Result` of a pair; see `sides`."""
        return self.verifications(*self.sides(pair, seed, legacy, modern))

    def sides(self, pair, seed=0, legacy=None, modern=None):
        """(program, port), the names of both functions.

        Args:
          pair: "<group>.<function>".
          seed: of initial values, draws and batches; 0: as they are without one.
          legacy, modern: (what a side's file has, what it has instead), the first time from the
            function on, or else of the file; None where the side is as it is.
        """
        group, name = pair.split(".")
        program, port = (
            self._changed(_path(side, group), name, *change) if change else _path(side, group)
            for side, change in (("legacy", legacy), ("modern", modern)))
        if seed:
            program = self._write(_SEEDED.format(path=program, name=name, seed=seed), name)
        return f"{program}:{name}", f"{port}:{name}"

    def _changed(self, path, name, right, wrong):
        with open(path, encoding="utf-8") as file:
            source = file.read()
        start = source.index(f"def {name}(")
        if right not in source[start:]:  # in a class or a function that comes before
            start = 0
        assert right in source[start:], (name, right)
        return self._write(source[:start] + source[start:].replace(right, wrong, 1), name)

    def _write(self, source, name):
        self._count += 1
        path = os.path.join(self._folder, f"{name}_{self._count}.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        return path

    def close(self):
        """Ends the processes."""
        self.verifications.close()
