"""Excerpts of programs: a few lines around one, where the file can be read."""

import os
import textwrap
from typing import NamedTuple

_AROUND = 3
# Larger files are no programs.
_LARGEST = 1 << 21
_WIDEST = 200


class Excerpt(NamedTuple):
    """Lines of a file.

    Attributes:
      lines: `[(number, text)]`, without their common indentation.
      line: the number of the line in question.
    """

    lines: list
    line: int


def of(place, expected=None):
    """The `Excerpt` around "file.py:line"; of a file that cannot be read, `expected` alone or None.

    Args:
      place: the file, relative to the current folder, and the line.
      expected: the text of the line when it was captured, or None; a file with another text there
        was changed since, or is another one.
    """
    path, _, number = place.rpartition(":")
    if not number.isdecimal():
        return None
    number, texts = int(number), _read(path)
    if not 0 < number <= len(texts) or (
            expected is not None and texts[number - 1].strip() != expected):
        return Excerpt([(number, expected)], number) if expected else None
    first, last = max(number - _AROUND, 1), min(number + _AROUND, len(texts))
    shown = textwrap.dedent("\n".join(texts[first - 1:last])).split("\n")
    return Excerpt([(each, text[:_WIDEST]) for each, text in enumerate(shown, first)], number)


def _read(path):
    """The lines of a Python file; [] where it cannot be read."""
    try:
        if not path.endswith(".py") or os.path.getsize(path) > _LARGEST:
            return []
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except (OSError, ValueError):
        return []
