"""Reader of `--names`, the user's pairing of TensorFlow 1's variables with the port's.

A Python file defines `NAMES`, a dictionary {TensorFlow 1 name: port path, or a list of paths where
one kernel is two} or a list of [regular expression, replacement] pairs, applied one after the other
by `re.sub`; or a function `names(tensorflow_1_name)` that returns a path, a list of paths, or None.
A .json file holds the dictionary or the list. Variables that it does not name are paired as usual.
"""

import json
import os
import re
import traceback

from parity import command_line
from parity.common import names as names_of
from parity.pair.overrides import Names, shown

_FORMS = ("a dictionary {TensorFlow 1 name: port path}, a list of [regular expression, replacement]"
          " pairs, or a function")


def read(given):
    """`Names` of a file, or of the value that such a file holds; None if nothing is given.

    Raises:
      UsageError: the file is missing, fails or has another form.
    """
    if not given:
        return None
    if isinstance(given, (str, os.PathLike)):
        said, value = f"--names={given}", _content(os.fspath(given))
    else:
        said, value = "names", given
    if callable(value):
        return Names(said, value)
    if isinstance(value, dict):
        return Names(said, lambda name: value.get(name, value.get(name + ":0")), value)
    if isinstance(value, (list, tuple)) and value and all(_is_pair(each) for each in value):
        return Names(said, _substituted(said, value))
    raise command_line.UsageError(f"{said}: expected {_FORMS}, received {shown(value)}")


def _content(path):
    if not os.path.isfile(path):
        raise command_line.UsageError(f"--names={path}: expected a file, received none")
    if path.endswith(".json"):
        try:
            with open(path, encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError, RecursionError) as error:
            raise command_line.UsageError(f"--names={path}: expected JSON, received {error}")
    try:
        module = names_of.resolve(path) if path.endswith(".py") else None
    except Exception as error:  # the user's code may fail in any way
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        raise command_line.UsageError(f"--names={path}: expected a Python file that runs, received "
                                      f"{type(error).__name__}: {error} (line {line})")
    for name in ("NAMES", "names"):
        if hasattr(module, name):
            return getattr(module, name)
    raise command_line.UsageError(f"--names={path}: expected a .py file that defines NAMES or the "
                                  "function names, or a .json file, received neither")


def _is_pair(each):
    return isinstance(each, (list, tuple)) and len(each) == 2 and all(
        isinstance(part, str) for part in each)


def _substituted(said, pairs):
    """Function (name) that applies [pattern, replacement] pairs; None where no pattern matches."""
    for pattern, _ in pairs:
        try:
            re.compile(pattern)
        except re.error as error:
            raise command_line.UsageError(
                f"{said}: expected regular expressions, received {pattern!r} ({error})")

    def path(name):
        matched = False
        for pattern, replacement in pairs:
            try:
                name, count = re.subn(pattern, replacement, name)
            except (re.error, IndexError) as error:
                raise command_line.UsageError(f"{said}: expected a replacement for {pattern!r}, "
                                              f"received {replacement!r} ({error})")
            matched = matched or bool(count)
        return name if matched else None
    return path
