"""Checks the name of a port before anything is started."""

import importlib.machinery
import inspect
import os
import platform
import sys
import warnings

from parity import command_line


def name_of(flag, given):
    """Name of a port: a name or path as it is, a function as "file.py:function".

    Raises:
      UsageError: it is neither, or a function that no other process can find.
    """
    if isinstance(given, (str, os.PathLike)):
        return os.fspath(given)
    if not inspect.isfunction(given):
        raise command_line.UsageError(
            f"{flag}: expected a name or a function, received a {type(given).__name__}")
    path = inspect.getsourcefile(given)
    if not given.__qualname__.isidentifier() or not path or not os.path.isfile(path):
        raise command_line.UsageError(f"{flag}={given.__qualname__}: expected a function at the "
                                      "top of a file, which another process can import")
    return f"{path}:{given.__qualname__}"


def check(name):
    """Raises UsageError unless `name` is FILE:FUNCTION or MODULE:FUNCTION of an existing file.

    Nothing is imported, so that a mistake is reported before the reference is recorded.
    """
    place, colon, function = name.rpartition(":")
    if not colon or not function.isidentifier():
        raise command_line.UsageError(f"--modern={name}: expected FILE:FUNCTION, received no "
                                      "function")
    if place.endswith(".py"):
        _check_source(name, place)
    elif importlib.machinery.PathFinder.find_spec(
            place.partition(".")[0], [os.getcwd()] + sys.path) is None:
        raise command_line.UsageError(
            f"--modern={name}: expected a module, received no such name")


def _check_source(name, path):
    """Raises UsageError unless a file can be compiled as Python."""
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python shows them when the recorder imports the file
            compile(file.read(), path, "exec", dont_inherit=True)
    except OSError as error:
        received = "none" if isinstance(error, FileNotFoundError) else error.strerror
        raise command_line.UsageError(f"--modern={name}: expected a file, received {received}")
    except (SyntaxError, ValueError) as error:  # ValueError: a zero byte
        where = f" in line {error.lineno}" if getattr(error, "lineno", None) else ""
        raise command_line.UsageError(
            f"--modern={name}: expected Python {platform.python_version()}, received "
            f"{getattr(error, 'msg', error)}{where}")
