"""Captures of the small programs beside this file, made once by a process that imports once."""

import os
import subprocess
import sys

import pytest

_FOLDER = os.path.dirname(os.path.abspath(__file__))
_PROGRAMS = {"programs.py": ("images", "adversarial", "recurrent", "layers", "regression"),
             "bounded_programs.py": ("bounded", "racing"),
             "initial_programs.py": ("initialised",),
             "optimizer_programs.py": ("optimizers", "gathered"),
             "scheduled_programs.py": ("scheduled",),
             "switched_programs.py": ("switched", "flagged", "moving", "noisy")}
# Each capture hooks TensorFlow for good, so that it has a process of its own.
_CAPTURE_ALL = """
import os, sys
import tensorflow
from parity import capture
folder, programs = sys.argv[1], sys.argv[2:]
for program in programs:
    child = os.fork()
    if not child:
        out = os.path.join(folder, program.rpartition(":")[2])
        os._exit(capture.main(["--steps=3", "--out=" + out, "--", program]))
    if os.waitpid(child, 0)[1]:
        sys.exit(1)
"""


@pytest.fixture(scope="session")
def captured_program(tmp_path_factory, repository):
    """Function (name) that returns the `Captured` of three steps of a program."""
    from parity.reference.captured import Captured
    folder = str(tmp_path_factory.mktemp("captures"))
    programs = ["{}:{}".format(os.path.join(_FOLDER, file), name)
                for file, names in _PROGRAMS.items() for name in names]
    subprocess.run([sys.executable, "-c", _CAPTURE_ALL, folder] + programs, cwd=repository,
                   check=True)
    return {name: Captured(os.path.join(folder, name))
            for names in _PROGRAMS.values() for name in names}.__getitem__
