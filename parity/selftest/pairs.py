"""Pairs of programs and ports: names, and the files of both sides, as they are or changed."""

import ast
import os

_HERE = os.path.dirname(os.path.abspath(__file__))
_SEEDED = '''import runpy

from parity.selftest import seeded

_PROGRAMS = runpy.run_path({path!r})


def {name}():
    return seeded.program(_PROGRAMS[{name!r}], {seed})
'''


def path(side, group):
    """The path of a group's file, on the side "programs" or "ports"."""
    return os.path.join(_HERE, side, group + ".py")


def functions(side, group):
    """Names of the public functions in a group's file, in order."""
    with open(path(side, group), encoding="utf-8") as source:
        return [node.name for node in ast.parse(source.read()).body
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


GROUPS = sorted(name[:-3] for name in os.listdir(os.path.join(_HERE, "ports"))
                if name.endswith(".py") and name != "__init__.py")
# Names of all pairs, "<group>.<function>".
NAMES = [f"{group}.{name}" for group in GROUPS for name in functions("ports", group)]


class Sides:
    """The programs and ports of the pairs, as "file.py:function" of both sides.

    Args:
      folder: the folder for changed files.
    """

    def __init__(self, folder):
        self._folder, self._written = str(folder), {}

    def __call__(self, pair, seed=0, program=None, port=None):
        """("file.py:function" of the program, that of the port).

        Args:
          pair: name of the pair, "<group>.<function>".
          seed: seed of initial values, draws and batches; 0 for those of the program.
          program, port: (text in the side's file, text that replaces it), or None for no change.
            The first occurrence from the function on is replaced, else the first in the file.
        """
        group, name = pair.split(".")
        legacy, modern = (
            self._changed(path(side, group), name, *change) if change else path(side, group)
            for side, change in (("programs", program), ("ports", port)))
        if seed:
            legacy = self._write(_SEEDED.format(path=legacy, name=name, seed=seed), name)
        return f"{legacy}:{name}", f"{modern}:{name}"

    def _changed(self, file, name, right, wrong):
        """The path of a changed copy of a file."""
        with open(file, encoding="utf-8") as opened:
            source = opened.read()
        start = source.index(f"def {name}(")
        if right not in source[start:]:  # in a class or a function that comes before
            start = 0
        assert right in source[start:], (name, right)
        return self._write(source[:start] + source[start:].replace(right, wrong, 1), name)

    def _write(self, source, name):
        """The path of a file with this source, which is written only once."""
        if source not in self._written:
            self._written[source] = os.path.join(self._folder, f"{name}_{len(self._written)}.py")
            with open(self._written[source], "w", encoding="utf-8") as file:
                file.write(source)
        return self._written[source]
