"""Recorders that one process forks: what they share, what they do not, and with whom they end."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from parity import fork_server
from parity.workers import Recorder, RecorderError

_RECORDER = '''
import os
import sys
import tempfile
import time

import numpy as np

from parity.common import worker

with open("imports", "a") as file:
    file.write("{} ".format(os.getpid()))


def about(job):
    return {"process": os.getpid(), "parent": os.getppid(), "temporary": tempfile.gettempdir(),
            "number": np.random.uniform(), "first": sys.path[0],
            "open": len(os.listdir("/proc/self/fd"))}


def main():
    worker.serve({"about": about, "sleep": lambda job: time.sleep(60)})
'''
# An import that waits until it is told to end: it was begun when "begun" exists.
_SLOW = '''
import time

open("begun", "w").close()
time.sleep(60)
'''
_ABORTS = '''
import os
import sys

sys.stderr.write("this processor lacks an instruction\\\\n")
sys.stderr.flush()
os.abort()
'''


@pytest.fixture(name="folder")
def fixture_folder(tmp_path, monkeypatch, repository):
    """A folder with small recorders, in which we stand and from which Python imports."""
    for name, text in (("small", _RECORDER), ("slow", _SLOW), ("aborts", _ABORTS)):
        (tmp_path / (name + ".py")).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), repository]))
    return tmp_path


@pytest.fixture(name="server")
def fixture_server(folder):
    with fork_server.ForkServer() as server:
        yield server


def waited(condition, seconds=20.0):
    """Whether a condition comes true in time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def runs(process):
    """Whether a process runs, and is not merely waiting to be forgotten."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_module_is_imported_once_for_all_recorders(server, folder):
    with Recorder("small", server=server) as one, Recorder("small", server=server) as other:
        first, second = one("about"), other("about")
    assert first["process"] != second["process"] and first["parent"] == second["parent"]
    assert (folder / "imports").read_text().split() == [str(first["parent"])]


def test_recorders_share_neither_temporary_files_nor_random_numbers(server, folder):
    with Recorder("small", server=server) as one, Recorder("small", home="/", server=server) as two:
        first, second = one("about"), two("about")
        assert os.path.isdir(first["temporary"])
    assert first["temporary"] != second["temporary"] and first["number"] != second["number"]
    assert (first["first"], second["first"]) == (str(folder), "/")
    assert not os.path.exists(first["temporary"]) and not os.path.exists(second["temporary"])


def test_a_recorder_holds_no_pipe_of_those_before_it(server):
    with Recorder("small", server=server) as one:
        alone = one("about")["open"]
        with Recorder("small", server=server) as other:
            assert other("about")["open"] == alone


def test_a_recorder_ends_while_others_work(server):
    with Recorder("small", server=server) as one, Recorder("small", server=server) as other:
        ended = one("about")["process"]
        one.close()
        assert not runs(ended) and other("about")["process"] != ended


def test_recorders_outlive_the_process_that_forked_them(server):
    with Recorder("small", server=server) as recorder:
        parent = recorder("about")["parent"]
        server.kill()
        assert waited(lambda: recorder("about")["parent"] != parent)
        process = recorder("about")["process"]
        recorder.kill()
    assert not runs(process) and recorder._process.returncode == -signal.SIGKILL


def test_nobody_waits_for_imports_of_a_process_that_is_killed(server, folder):
    with pytest.raises(KeyboardInterrupt), Recorder("slow", server=server):
        assert waited((folder / "begun").exists)
        begun = time.monotonic()
        server.kill()
        raise KeyboardInterrupt
    assert time.monotonic() - begun < 10


def test_what_an_import_said_before_it_ended_the_process_is_told(server):
    with Recorder("aborts", server=server) as recorder:
        with pytest.raises(RecorderError, match="^aborts ended: SIGABRT, this processor lacks an "):
            recorder("about")


def test_after_the_end_of_the_process_nothing_is_forked(server):
    with Recorder("aborts", server=server):
        pass
    with Recorder("small", server=server) as recorder:
        with pytest.raises(RecorderError, match="^small ended: SIGABRT$"):
            recorder("about")


@pytest.mark.parametrize("job", ["sleep", ""])
def test_all_end_with_who_asked(folder, job):
    asks = textwrap.dedent(f"""
        import sys
        from parity import fork_server
        from parity.workers import Recorder
        server = fork_server.ForkServer()
        recorder = Recorder("small", server=server)
        about = recorder("about")
        print(about["process"], about["parent"], flush=True)
        recorder("sleep") if {job!r} else sys.stdin.read()
        """)
    with subprocess.Popen([sys.executable, "-c", asks], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as asking:
        both = asking.stdout.readline().split()
        assert len(both) == 2 and all(map(runs, both))
        asking.kill()
    assert waited(lambda: not any(map(runs, both)))


def test_only_linux_forks(monkeypatch):
    with fork_server.of_this_system() as server:
        assert isinstance(server, fork_server.ForkServer)
    monkeypatch.setattr(sys, "platform", "darwin")
    with fork_server.of_this_system() as server:
        assert server is None
