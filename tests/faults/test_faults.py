"""The short form of `python -m tests.faults`, and what the harness itself sees."""

import os
import subprocess
import sys

import pytest

from tests.faults import __main__ as harness
from tests.faults import kinds
from tests.faults import system_calls
from tests.faults import table
from tests.faults.commands import Ended

_WRITER = """
import os, sys
from tests.faults import system_calls
system_calls.install(sys.argv[1])
try:
    with open(sys.argv[2], "wb") as file:
        file.write(bytes(100))
        file.flush()
        os.fsync(file.fileno())
    os.rename(sys.argv[2], sys.argv[2] + "2")
    print(os.path.getsize(sys.argv[2] + "2"))
except OSError as error:
    print(error.strerror)
"""


def test_nothing_is_lost_in_a_bad_world(forked_python, monkeypatch):
    for name, value in harness.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with harness.Commands(forked_python) as commands:
        found = list(harness.rows(kinds.World(commands), short=True))
    print(table.text(found))
    assert [row.details for row in found if row.tried and row.details] == []
    assert all(row.tried for row in found) or not system_calls.available()
    assert sum(row.tried for row in found) > 40
    assert sum(row.counts["survived"] for row in found) > 5


@pytest.mark.skipif(not system_calls.available(), reason="needs seccomp's user notifications")
@pytest.mark.parametrize("failure,at,status,said", [
    ("", 1, 0, "100"), ("ENOSPC", 1, 0, "No space left on device"),
    ("ENOSPC", 2, 0, "No space left on device"), ("EIO", 3, 0, "Input/output error"),
    ("EIO", 4, 0, "Input/output error"), ("EIO", 5, 0, "100"), ("short write", 1, 0, "100"),
    ("SIGKILL", 4, -9, "")])
def test_a_call_fails_as_it_is_asked_to(failure, at, status, said, tmp_path, repository):
    with system_calls.Calls([tmp_path], failure, at) as calls:
        ended = subprocess.run(
            [sys.executable, "-c", _WRITER, calls.name, str(tmp_path / "file")], cwd=repository,
            env=dict(os.environ, PYTHONPATH=repository), stdout=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stdout.strip()) == (status, said)
    assert bool(calls.failed) == bool(failure and at < 5)


@pytest.mark.skipif(not system_calls.available(), reason="needs seccomp's user notifications")
def test_a_call_on_no_file_is_answered(tmp_path, repository):
    code = ("import os, sys; from tests.faults import system_calls; "
            "system_calls.install(sys.argv[1]); os.write(999, b'x')")
    with system_calls.Calls([tmp_path]) as calls:
        ended = subprocess.run([sys.executable, "-c", code, calls.name], cwd=repository,
                               stderr=subprocess.PIPE, text=True, timeout=60)
    assert ended.stderr.endswith("OSError: [Errno 9] Bad file descriptor\n")
    assert calls.count == 0


@pytest.mark.parametrize("ended,failure,outcome", [
    (Ended("modern.train", 0, "", "", 1, []), "", "survived"),
    (Ended("modern.train", -9, "", "", 1, []), "SIGKILL", "survived"),
    (Ended("modern.train", -9, "", "", 1, []), "", "tracebacks"),
    (Ended("modern.train", 64, "", "modern.train: --seed: no\n", 1, []), "", "refused in one line"),
    (Ended("modern.train", 64, "", "modern.train: a: no\n", 1, []), "EIO", "tracebacks"),
    (Ended("modern.train", 74, "", "modern.train: a: no\n", 1, []), "EIO", "refused in one line"),
    (Ended("modern.train", 74, "", "W0000 x\nmodern.train: a: no\n", 1, []), "EIO",
     "tracebacks"),
    (Ended("modern.train", 1, "", "Traceback (most recent call last)\n", 1, []), "", "tracebacks"),
    (Ended("modern.train", None, "", "", 1, []), "", "hangs"),
    (Ended("modern.train", 0, "", "", 3000, []), "", "over 2 GB"),
    (Ended("modern.train", 0, "", "", 1, ["process 7"]), "", "left behind")])
def test_ends_are_judged(ended, failure, outcome):
    assert table.judged(ended, failure).outcome == outcome


@pytest.mark.parametrize("available,detail", [
    (False, "parity.verify, EIO: NOT RUN: needs seccomp's user notifications, of Linux on "
     "x86-64"),
    (True, "parity.verify, EIO: NOT RUN: found nothing to try")])
def test_a_kind_of_which_nothing_was_tried_is_no_success(available, detail, monkeypatch):
    monkeypatch.setattr(system_calls, "available", lambda: available)
    monkeypatch.setitem(kinds.KINDS, "parity.verify, EIO", kinds.Kind(
        1, 1, lambda world, number: table.Row("parity.verify, EIO"), True))
    row, = harness.rows(None, short=True, only="parity.verify, EIO")
    assert (row.tried, row.details) == (0, [detail])
    assert table.bad([row])


def test_a_bad_trial_is_counted_and_told():
    row = table.Row("kind")
    row.add(table.Trial(table.SURVIVED), 1)
    row.add(table.Trial(table.LOST, "other bytes"), 2)
    assert row.tried == 2 and row.details == ["kind, 2: lost: other bytes"]
    assert table.text([row]).splitlines()[2] == "| kind | 2 | 1 | 0 | 1 | 0 | 0 | 0 | 0 |"
    assert table.bad([row])
