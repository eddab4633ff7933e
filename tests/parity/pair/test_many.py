"""Many pairs verified side by side: their order, what is captured, and the end of every process."""

import os
import signal
import sys
import threading
import time

import pytest

from parity import cases
from parity import processes
from parity import workers
from parity.cases import Case
from parity.pair import many
from parity.pair import recorders
from parity.pair import verification
from parity.workers import RecorderError, Refused

# Stands for every recorder.
_RECORDER = '''
import os
import time

from parity.common import worker

worker.serve({
    "import": lambda job: {},
    "capture": lambda job: {"status": 0, "said": ""},
    "refuse": lambda job: {"status": 1, "said": "train.py:3: ValueError: no such model"},
    "sleep": lambda job: time.sleep(60),
    "process": lambda job: os.getpid()})
'''


class Verified:
    """The result of a pair, as far as it is looked at here."""

    def __init__(self, case):
        self.case = case


class Small(workers.Recorder):
    """A recorder that captures in no time, and notes its process and its jobs."""

    all, jobs = [], []
    refused = ()

    def __init__(self, module, interpreter=sys.executable, folder=None, home=None,
                 server=None):
        super().__init__("small_recorder")
        self.folder = folder
        self.all.append(self)

    def __call__(self, job, **arguments):
        self.jobs.append((job, arguments))
        if job == "capture" and any(word in self.refused for word in arguments["arguments"]):
            job = "refuse"
        return super().__call__(job, **arguments)


@pytest.fixture
def small(tmp_path, monkeypatch, repository):
    """The recorders, all of which are `Small` ones."""
    (tmp_path / "small_recorder.py").write_text(_RECORDER)
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", repository)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(recorders, "Recorder", Small)
    monkeypatch.setattr(Small, "all", [])
    monkeypatch.setattr(Small, "jobs", [])
    yield Small
    assert all(each._process.returncode is not None for each in Small.all)


@pytest.fixture
def verified(monkeypatch):
    """Function that sets what (`PairConfig`, recorders) of a captured pair are verified as."""
    def set_to(function):
        monkeypatch.setattr(verification, "verify",
                            lambda asked, folder, progress, own: function(asked, own))
    set_to(lambda asked, own: Verified(asked.shown))
    return set_to


def case(name, *words):
    """A `Case` of this name."""
    return Case(name, ("-m", "train", "--run_dir={folder}/run", *words), "port:build",
                {"model": name}, 7, 20.0)


def run(tmp_path, names, progress=lambda line: None, python=""):
    """Names of what is verified."""
    return [result.case for result in many.verify(
        [case(name, "--model=" + name) for name in names], str(tmp_path / "folder"), progress,
        python)]


def test_results_come_in_the_order_of_the_cases(small, verified, tmp_path):
    ended, lines, threads = [], [], threading.active_count()

    def first_ends_later(asked, own):
        deadline = time.monotonic() + 20
        while asked.shown == "a" and not ended and time.monotonic() < deadline:
            time.sleep(0.01)
        ended.append(asked.shown)
        return Verified(asked.shown)

    verified(first_ends_later)
    assert run(tmp_path, "abcd", lines.append) == list("abcd")
    assert ended != list("abcd")  # they were run side by side
    assert [line for line in lines if line.startswith("verified")] == [
        "verified 1/4: a, about 30 s left", "verified 2/4: b, about 20 s left",
        "verified 3/4: c, about 10 s left", "verified 4/4: d"]
    begun = [line for line in lines if line.startswith("verifying")]
    assert sorted(begun) == [f"verifying {name}" for name in "abcd"]
    assert lines[0] == "4 cases on 2 cores: about 40 s"
    assert lines[1:3] == begun[:2]  # two at a time, said before the first has ended
    assert len(small.all) == 6  # of each thread three, for all of its cases
    assert threading.active_count() == threads


def test_where_nobody_knows_the_processors_there_is_one(small, verified, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert run(tmp_path, "abc") == list("abc")
    assert len(small.all) == 3


def test_what_is_captured_is_the_cases_command_line(small, verified, tmp_path):
    asked = []
    verified(lambda pair, own: asked.append(pair) or Verified(pair.shown))
    assert run(tmp_path, "a") == ["a"]
    (first, imported), (job, arguments) = small.jobs
    assert first == "import" and imported == {"modules": cases.MODULES, "folder": processes.OURS}
    folder = os.path.dirname(asked[0].program)
    assert job == "capture" and arguments == {"folder": processes.OURS, "arguments": [
        "--steps=7", f"--out={folder}/captured", "--", "-m", "train", f"--run_dir={folder}/run",
        "--model=a"]}
    assert asked[0].program == os.path.join(folder, "captured")
    assert (asked[0].port, asked[0].arguments, asked[0].name) == ("port:build", {"model": "a"}, "a")
    assert asked[0].command == "-m train --model=a"
    assert not os.path.exists(folder)


def test_another_interpreter_captures_in_a_folder_of_its_own(small, verified, tmp_path):
    seen = []

    def look(asked, own):
        seen.append((own.programs, sorted(os.listdir(own.programs)), own.capturer.folder))
        return Verified(asked.shown)

    verified(look)
    lines = []
    run(tmp_path, "a", lines.append, python=sys.executable)
    assert lines[0] == "1 case on 1 core: about 80 s"  # four times as long
    (folder, packages, staged), = seen
    assert packages == ["groundwork", "legacy", "parity"] and staged == folder
    assert small.jobs[0][1]["folder"] == folder
    assert os.path.dirname(os.path.dirname(folder)) == str(tmp_path / "folder")


def test_a_capture_that_fails_ends_all_in_one_line(small, verified, tmp_path, monkeypatch):
    monkeypatch.setattr(small, "refused", ["--model=b"])
    lines, told = [], threading.Event()
    verified(lambda asked, own: asked.shown == "x" and told.wait(20) or Verified(asked.shown))
    with pytest.raises(RecorderError) as error:
        run(tmp_path, "ab" + "x" * 20, lines.append)
    told.set()
    assert str(error.value) == "b: train.py:3: ValueError: no such model"
    assert lines[0] == "22 cases on 2 cores: about 4 minutes"
    assert [line for line in lines if line.startswith("verified")] == [
        "verified 1/22: a, about 4 minutes left"]
    assert len(small.jobs) < 20  # what had not begun does not begin


@pytest.mark.parametrize("kind", [RecorderError, Refused])
def test_an_error_of_a_side_names_its_case(small, verified, tmp_path, kind):
    def fail(asked, own):
        if asked.shown == "b":
            raise kind("parity.port.recorder: ValueError: no such layer (port.py:3)")
        return Verified(asked.shown)

    verified(fail)
    with pytest.raises(kind) as error:
        run(tmp_path, "abc")
    assert type(error.value) is kind
    assert str(error.value) == "b: parity.port.recorder: ValueError: no such layer (port.py:3)"


def test_an_error_does_not_wait_for_the_other_cases(small, verified, tmp_path):
    def fail_or_sleep(asked, own):
        if asked.shown == "a":
            while len(small.jobs) < 5:  # until the other sleeps
                time.sleep(0.01)
            raise RecorderError("broken")
        own.reference("sleep")

    verified(fail_or_sleep)
    start = time.monotonic()
    with pytest.raises(RecorderError, match="a: broken"):
        run(tmp_path, "ab")
    assert time.monotonic() - start < 20
    assert len(small.all) == 6
    _assert_gone(small.all)


def test_an_interruption_ends_every_process(small, verified, tmp_path):
    verified(lambda asked, own: own.reference("sleep"))
    start = time.monotonic()

    def interrupt():
        while [job for job, _ in small.jobs].count("sleep") < 2:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    waiting = threading.Thread(target=interrupt)
    waiting.start()
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, "abc")
    waiting.join()
    assert time.monotonic() - start < 20
    assert len(small.all) == 6
    _assert_gone(small.all)


def test_what_nobody_reads_to_its_end_is_ended(small, verified, tmp_path):
    results = many.verify([case("a"), case("b")], str(tmp_path / "folder"), lambda line: None)
    assert next(results).case == "a"
    results.close()
    _assert_gone(small.all)


def test_what_nobody_reads_begins_no_other_case(small, verified, tmp_path):
    closed = threading.Event()
    verified(lambda asked, own: asked.shown != "a0" and closed.wait(20) or Verified(asked.shown))
    results = many.verify([case(f"a{number}") for number in range(20)], str(tmp_path / "folder"),
                          lambda line: None)
    next(results)
    results.close()
    begun = len(small.jobs)
    closed.set()
    time.sleep(0.5)
    assert len(small.jobs) <= begun + 2 < 20  # those that were about to begin


def _assert_gone(recorders_):
    for each in recorders_:
        with pytest.raises(ProcessLookupError):
            os.kill(each._process.pid, 0)
