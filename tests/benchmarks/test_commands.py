"""Commands of the benchmarks: what they do not know is refused, and none forgets to look."""

import glob
import importlib
import os

import pytest

from parity import command_line

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), "benchmarks")


def commands():
    """Names of the modules that are run as programs."""
    for path in sorted(glob.glob(os.path.join(_FOLDER, "*.py"))
                       + glob.glob(os.path.join(_FOLDER, "*", "__main__.py"))):
        with open(path, encoding="utf-8") as file:
            if '__name__ == "__main__"' in file.read():
                yield os.path.relpath(path, os.path.dirname(_FOLDER))[:-3].replace(os.sep, ".")


def test_they_are_found():
    assert {"benchmarks.run", "benchmarks.choices", "benchmarks.mutants.__main__"} <= set(
        commands())


@pytest.mark.parametrize("module", commands())
def test_an_unknown_flag_is_refused(module):
    try:
        status = importlib.import_module(module).main(["--nosuch"])
    except command_line.UsageError as error:
        assert "--nosuch" in str(error) or "are required" in str(error)
        status = command_line.EXIT_USAGE
    assert status == 64
