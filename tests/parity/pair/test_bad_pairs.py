"""Bad input for a pair of one's own: one line each, with the right status."""

import os

import pytest

from parity import command_line
from parity import verify

PORT = os.path.join("examples", "gan", "port.py") + ":build"


@pytest.fixture(autouse=True)
def in_repository(repository, monkeypatch):
    monkeypatch.chdir(repository)


@pytest.mark.parametrize("arguments,said", [
    (["--legacy=captured"], "expected --modern beside it"),
    (["--modern=" + PORT], "expected --legacy beside it"),
    (["--legacy=examples", "--modern=" + PORT], "received a folder without capture.json"),
    (["--legacy=examples", "--modern=examples/gan/port.py"], "expected FILE:FUNCTION"),
    (["--legacy=examples", "--modern=no_such_port.py:build"], "expected a file, received none"),
    (["--legacy=examples/no_such.py", "--modern=" + PORT], "received no such file"),
    (["--legacy=examples", "--modern=" + PORT, "--legacy_python=no_such_python"],
     "expected a Python interpreter")])
def test_one_line_says_what_was_expected_and_received(arguments, said):
    with pytest.raises(command_line.UsageError) as error:
        verify.main(arguments)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
