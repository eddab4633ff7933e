"""Processes of these tests are forked from one that has imported TensorFlow; what files share."""

import contextlib
import sys

import pytest


@pytest.fixture(scope="session")
def forking(forked_python):
    """Function that gives a context in which `sys.executable` is a program that forks."""
    @contextlib.contextmanager
    def context():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "executable", forked_python)
            yield
    return context


@pytest.fixture(autouse=True, scope="module")
def forked(forking):
    with forking():
        yield


@pytest.fixture(scope="session")
def ports(forking, repository, tmp_path_factory):
    """A `tests.parity.pair.correct_ports.Ports`, whose captures and processes all files share."""
    from tests.parity.pair import correct_ports
    with forking():
        made = correct_ports.Ports(repository, tmp_path_factory.mktemp("pairs"))
    yield made
    made.close()
