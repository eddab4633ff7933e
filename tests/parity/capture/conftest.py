"""The process that the captures of these tests are forked from, and what is captured."""

import os
import shutil

import pytest

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
