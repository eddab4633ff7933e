"""Recorder processes: answers, errors in one line, death, and output that must not block.

Those that are forked, and those that start Python.
"""

import functools
import os
import signal
import stat
import sys
import tempfile
import threading
import time

import pytest

from parity import fork_server
from parity import processes
from parity.workers import Recorder, RecorderError, Refused

_RECORDER = '''
import os
import sys
import time

from parity.common import names
from parity.common import worker


def call(job):
    """What a recorder does: a function of the user's program is called by name."""
    return names.resolve(job["program"])(*job["values"])


def echo(job):
    return job


def flood(job):
    """More than a pipe holds, to both streams; below Python too, as TensorFlow's logs are."""
    print("x" * 1000000)
    sys.stderr.write("y" * 1000000)
    os.write(1, b"z" * 1000000)
    os.write(2, b"z" * 1000000)
    return "done"


def die(job):
    sys.stderr.write("one line\\nthe last line\\n")
    sys.stderr.flush()
    os._exit(3)


def vanish(job):
    os._exit(job.get("status", 7))


def killed(job):
    sys.stderr.write("the last line\\n")
    sys.stderr.flush()
    os.kill(os.getpid(), job["signal"])


def sleep(job):
    time.sleep(60)


def environment(job):
    return [os.environ.get(name) for name in job["names"]]


def unwritable(job):
    return object()


def leave(job):
    sys.exit(job["code"])


def main():
    worker.serve({"call": call, "echo": echo, "flood": flood, "die": die, "vanish": vanish,
                  "environment": environment, "unwritable": unwritable, "killed": killed,
                  "leave": leave, "sleep": sleep}, names.NotFound)


if __name__ == "__main__":
    main()
'''

_PROGRAM = '''
def program(value):
    return check(value)


def check(value):
    if value > 1:
        raise ValueError("expected at most 1,\\n  received {}".format(value))
    return [value]


class Model:
    def __init__(self, value):
        check(value)
'''


@pytest.fixture
def folder(tmp_path, monkeypatch, repository):
    """A folder with a small recorder and a user's program, in which we stand."""
    (tmp_path / "small_recorder.py").write_text(_RECORDER)
    (tmp_path / "user.py").write_text(_PROGRAM)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", repository)
    return tmp_path


@pytest.fixture(params=["forked", "Python"])
def start(request, folder):
    """What starts a recorder: a function as `Recorder`."""
    if request.param == "Python":
        yield Recorder
        return
    with fork_server.ForkServer() as server:
        yield functools.partial(Recorder, server=server)


@pytest.fixture
def recorder(start):
    with start("small_recorder") as process:
        yield process


def test_jobs_are_answered_in_turn(recorder):
    assert recorder("echo", size=3, names=["ä\n"]) == {"job": "echo", "size": 3, "names": ["ä\n"]}
    assert recorder("call", program="user.py:program", values=[1]) == [1]
    assert recorder("call", program="user:program", values=[0]) == [0]


def test_error_in_a_program_is_one_line_with_the_programs_own_line(recorder):
    line = _PROGRAM.splitlines().index("    if value > 1:") + 2
    with pytest.raises(RecorderError) as caught:
        recorder("call", program="user.py:program", values=[2])
    assert str(caught.value) == (
        f"small_recorder: ValueError: expected at most 1, received 2 (user.py:{line})")


def test_error_in_a_constructor_is_placed_where_it_was_raised(recorder):
    line = _PROGRAM.splitlines().index("    if value > 1:") + 2
    with pytest.raises(RecorderError, match=rf"\(user\.py:{line}\)$"):
        recorder("call", program="user.py:Model", values=[2])


def test_recorder_goes_on_after_an_error(recorder):
    with pytest.raises(RecorderError):
        recorder("call", program="user.py:program", values=[2])
    assert recorder("call", program="user.py:program", values=[1]) == [1]


@pytest.mark.parametrize("program, words", [
    ("missing.py:program", "missing.py: expected a file, received none"),
    ("missing:program", "missing: expected a module, received no such name"),
    ("user.py:missing", "user.py:missing: expected a function, received no such name in user.py"),
    ("user:missing", "user:missing: expected a function, received no such name in user")])
def test_program_that_is_not_there_is_named(recorder, program, words):
    with pytest.raises(Refused) as caught:
        recorder("call", program=program, values=[])
    assert str(caught.value) == words


def test_floods_of_output_neither_block_nor_stand_among_the_answers(recorder):
    assert recorder("flood") == "done"
    assert recorder("flood") == "done"


def test_recorder_that_dies_is_known_by_its_last_words(recorder):
    with pytest.raises(RecorderError, match="^small_recorder ended: the last line$"):
        recorder("die")


def test_recorder_that_dies_silently_is_known_by_its_exit_status(recorder):
    with pytest.raises(RecorderError, match="^small_recorder ended: exit status 7$"):
        recorder("vanish")


def test_recorder_that_ends_as_if_all_were_well_is_known_by_that(recorder):
    with pytest.raises(RecorderError, match="^small_recorder ended: exit status 0$"):
        recorder("vanish", status=0)


@pytest.mark.parametrize("number, said", [
    (signal.SIGKILL, "SIGKILL, out of memory is likely, the last line"),
    (signal.SIGABRT, "SIGABRT, the last line")])
def test_the_signal_that_ended_a_recorder_is_named(recorder, number, said):
    with pytest.raises(RecorderError, match=f"^small_recorder ended: {said}$"):
        recorder("killed", signal=number)


@pytest.mark.parametrize("code, said", [
    (3, "exit status 3"), (0, "exit status 0"), (None, "exit status 0"),
    ("no such flag", "no such flag")])
def test_a_program_that_leaves_is_known_by_what_it_left_with(recorder, code, said):
    with pytest.raises(RecorderError, match=f"^small_recorder ended: {said}$"):
        recorder("leave", code=code)


def test_an_interruption_does_not_wait_for_the_job(start):
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), start("small_recorder") as recorder:
        recorder("echo")
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        recorder("sleep")
    assert time.monotonic() - begun < 20
    assert recorder._process.returncode == -signal.SIGKILL


def test_a_recorder_is_ours_and_its_modules_are_the_users(start, folder):
    """A folder with modules of our names, as it is when a repository has a parity.py of its own."""
    (folder / "parity.py").write_text("raise ImportError('the user has a parity, too')\n")
    (folder / "legacy.py").write_text("def program():\n    return 'that of the user'\n")
    with start("small_recorder") as recorder:
        assert recorder("call", program="legacy:program", values=[]) == "that of the user"
    (folder / "parity.py").unlink()
    (folder / "parity").mkdir()
    (folder / "parity" / "__init__.py").write_text("raise ImportError('a package')\n")
    with start("small_recorder") as recorder:
        assert recorder("call", program="user:program", values=[1]) == [1]


def test_recorders_of_our_own_pairs_find_ours_first(start, folder, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(folder))  # where the small recorder is
    (folder / "legacy.py").write_text("def program():\n    return 'that of the user'\n")
    with start("small_recorder", home=processes.OURS) as recorder:
        with pytest.raises(RecorderError, match="legacy:program: expected a function"):
            recorder("call", program="legacy:program", values=[])


@pytest.mark.parametrize("filler", ["", "x" * 100000])
def test_dead_recorder_answers_no_other_job_and_can_be_closed(start, filler):
    with start("small_recorder") as recorder:
        for _ in range(3):
            with pytest.raises(RecorderError, match="exit status 7"):
                recorder("vanish", filler=filler)


def test_answer_that_cannot_be_written_ends_the_recorder_in_one_line(recorder):
    with pytest.raises(RecorderError) as caught:
        recorder("unwritable")
    assert "not JSON serializable" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_module_that_is_missing_is_named(start):
    with start("no_such_recorder") as recorder:
        with pytest.raises(RecorderError, match="No module named '?no_such_recorder"):
            recorder("echo")


def test_interpreter_that_cannot_run_is_named(folder, monkeypatch):
    path = folder / "python3.7"
    path.write_text("no program")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    (folder / "files").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "files"))
    with pytest.raises(RecorderError, match=r"python3\.7: cannot be run \(Exec format error\)"):
        Recorder("small_recorder", str(path))
    assert not list((folder / "files").iterdir())


def test_recorder_runs_in_parity_mode(recorder, monkeypatch):
    names = ["TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
             "CUDA_VISIBLE_DEVICES", "TF_USE_LEGACY_KERAS", "KERAS_BACKEND"]
    assert recorder("environment", names=names) == ["0", "1", "1", "-1", "1", "tensorflow"]


def test_staged_recorder_sees_its_folder_and_not_our_path(folder, tmp_path_factory, repository):
    staged = tmp_path_factory.mktemp("staged")
    os.symlink(os.path.join(repository, "parity"), staged / "parity")
    (staged / "small_recorder.py").write_text(_RECORDER)
    (staged / "user.py").write_text("def program():\n    return 'staged'\n")
    with Recorder("small_recorder", sys.executable, str(staged)) as recorder:
        assert recorder("environment", names=["PYTHONPATH"]) == [str(staged)]
        assert recorder("call", program="user:program", values=[]) == "staged"


def test_closing_ends_the_process(start):
    recorder = start("small_recorder")
    recorder.close()
    assert recorder._process.returncode == 0


def test_a_temporary_folder_that_is_gone_already_is_no_error(start):
    recorder = start("small_recorder")
    temporary, = recorder("environment", names=["TMPDIR"])
    os.rmdir(temporary)
    recorder.close()
    assert recorder._process.returncode == 0
