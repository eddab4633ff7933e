"""The process that the captures of these tests are forked from, and what is captured."""

import os
import shutil

import pytest

from parity.reference.captured import Captured
from tests.captures import Captures

HERE = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(scope="session")
def capture(forking, repository, tmp_path_factory):
    """Runs the command: a `tests.captures.Captures`."""
    with forking():
        captures = Captures(repository, tmp_path_factory.mktemp("captures"))
    with captures:
        yield captures


@pytest.fixture
def folder(tmp_path):
    """A folder with builders.py, in which commands run."""
    shutil.copy(os.path.join(HERE, "builders.py"), str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    return tmp_path


@pytest.fixture
def captured_text(capture, folder):
    """Function (text of a program, steps) that returns its `Captured`, and what was said."""
    def captured(text, steps):
        (folder / "program.py").write_text(text)
        ended = capture("--steps={}".format(steps), "--", "program.py", cwd=folder)
        assert ended.status == 0, ended.err
        return Captured(str(folder / "captured")), ended.said
    return captured
