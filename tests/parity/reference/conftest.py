"""Captures of the small programs in programs.py, each made once, by the command."""

import os
import subprocess
import sys

import pytest

_PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs.py")


@pytest.fixture(scope="session")
def captured_program(tmp_path_factory, repository):
    """Function (name) that returns the `Captured` of three steps of a program."""
    from parity.reference.captured import Captured
    made = {}

    def get(name):
        if name not in made:
            path = str(tmp_path_factory.mktemp("captures") / name)
            subprocess.run([sys.executable, "-m", "parity.capture", "--steps=3", "--out=" + path,
                            "--", "{}:{}".format(_PROGRAMS, name)], cwd=repository, check=True)
            made[name] = Captured(path)
        return made[name]
    return get
