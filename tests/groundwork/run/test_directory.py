import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from absl import logging
import pytest

import groundwork
from groundwork.errors import UsageError, WriteError
from groundwork.run import directory
from groundwork.run.directory import RunDirectory, read_config

IDENTITY = {"wing": "legacy", "model": "vae", "seed": 1, "learning_rate": 0.1, "data_digest": "ab"}
SETTINGS = {"versions": {"numpy": "1.18.5", "tensorflow": "1.15.5"}, "threads": 1}
ROOT = os.path.dirname(os.path.dirname(groundwork.__file__))
HOLDER = """
import sys
from groundwork.run.directory import RunDirectory
run = RunDirectory.open(sys.argv[1], {"seed": 1}, {})
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(name="warnings")
def fixture_warnings(monkeypatch):
    lines = []
    monkeypatch.setattr(logging, "warning", lambda text, *values: lines.append(text % values))
    return lines


@contextlib.contextmanager
def held_by_another_process(path):
    process = subprocess.Popen([sys.executable, "-c", HOLDER, path], cwd=ROOT,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def make(path, identity=None, settings=None, **options):
    return RunDirectory.open(str(path), identity or IDENTITY, settings or SETTINGS, **options)


def refusal(path, *arguments, **options):
    with pytest.raises(UsageError) as caught:
        make(path, *arguments, **options).close()
    message = str(caught.value)
    assert "\n" not in message
    return message


def tree(path):
    return {os.path.relpath(os.path.join(folder, name), str(path)):
            open(os.path.join(folder, name), "rb").read()
            for folder, _, names in os.walk(str(path)) for name in names if name != ".lock"}


def test_new_run_has_parents_config_and_folders(tmp_path):
    path = str(tmp_path / "a" / "b")
    with make(path) as run:
        assert not run.resumed
        assert (run.path, run.metrics) == (path, os.path.join(path, "metrics.csv"))
        for name in ("checkpoints", "events", "samples"):
            assert getattr(run, name) == os.path.join(path, name)
    assert sorted(os.listdir(path)) == [".lock", "checkpoints", "config.json", "events", "samples"]
    assert read_config(path) == {"format": 1, "identity": IDENTITY, "settings": SETTINGS}


def test_temporary_files_of_killed_processes_are_removed_and_other_names_are_left(tmp_path):
    make(tmp_path).close()
    before = tree(tmp_path)
    unique = "0123456789abcdef" * 2
    for name in ("config.json", "metrics.csv", "DONE", "samples/step_00000100.png",
                 "samples/animation.gif", "events/codes.tsv", "events/codes_sprite.png",
                 "events/projector_config.pbtxt", "checkpoints/metrics.json"):
        folder, name = os.path.split(name)
        (tmp_path / folder / ".{}.{}.tmp".format(name, unique)).write_bytes(b"x")
    foreign = {".notes.{}.tmp".format(unique): b"x",
               "samples/.grid.png.{}.tmp".format(unique): b"x",
               "events/.codes.tsv.tmp": b"x", "checkpoints/.DONE.{}.tmp".format(unique): b"x"}
    for name, content in foreign.items():
        (tmp_path / name).write_bytes(content)
    make(tmp_path).close()
    assert tree(tmp_path) == dict(before, **foreign)


@pytest.mark.parametrize("number,kind", [
    (errno.ENOSPC, WriteError), (errno.EDQUOT, WriteError), (errno.EIO, WriteError),
    (errno.EROFS, WriteError), (errno.EACCES, UsageError), (errno.ENAMETOOLONG, UsageError)])
def test_a_full_or_broken_disk_is_told_from_a_wrong_folder(tmp_path, monkeypatch, number, kind):
    def fail(path, *unused, **unused_options):
        raise OSError(number, os.strerror(number), path)

    monkeypatch.setattr(os, "makedirs", fail)
    path = str(tmp_path / "run")
    with pytest.raises(kind) as caught:
        make(path)
    assert path in str(caught.value) and os.strerror(number) in str(caught.value)


def test_equal_identity_resumes_and_keeps_the_config(tmp_path, warnings):
    make(tmp_path).close()
    before = tree(tmp_path)
    with make(tmp_path, settings=dict(SETTINGS, threads=8)) as run:
        assert run.resumed
    assert tree(tmp_path) == before
    assert warnings == []


def test_tuples_in_an_identity_resume(tmp_path):
    identity = {"shape": (28, 28), "rate": 0.1 + 0.2}
    make(tmp_path, identity).close()
    with make(tmp_path, identity) as run:
        assert run.resumed


def test_other_versions_are_one_warning_that_names_them(tmp_path, warnings):
    make(tmp_path).close()
    settings = {"versions": {"numpy": "2.4.6", "tensorflow": "1.15.5", "keras": "3"}}
    with make(tmp_path, settings=settings) as run:
        assert run.resumed
    assert warnings == ['--run_dir={}: the run began with other versions: keras was not set, is '
                        '"3"; numpy was "1.18.5", is "2.4.6"'.format(tmp_path)]


def test_refusal_lists_every_difference_with_both_values(tmp_path):
    make(tmp_path).close()
    before = tree(tmp_path)
    other = {"wing": "modern", "model": "vae", "seed": 2, "learning_rate": 0.1, "beta1": 0.5}
    assert refusal(tmp_path, other) == (
        '--run_dir={}: holds another run: --beta1 is not set there, 0.5 here; data_digest is "ab" '
        'there, not set here; --seed is 1 there, 2 here; wing is "legacy" there, "modern" here; '
        'give another --run_dir or --overwrite'.format(tmp_path))
    assert tree(tmp_path) == before
    make(tmp_path).close()  # the refusal let go of the lock


def test_overwrite_removes_what_a_run_wrote_and_nothing_else(tmp_path):
    with make(tmp_path) as run:
        run.mark_done(3)
    for name in ("checkpoints/1/x", "events/e", "samples/s.png", "metrics.csv", "notes.txt",
                 "mine/m", "checkpoints.old", "DONE.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    with make(tmp_path, dict(IDENTITY, seed=2), overwrite=True) as run:
        assert not run.resumed
        for folder in (run.checkpoints, run.events, run.samples):
            assert os.listdir(folder) == []
    assert read_config(str(tmp_path))["identity"]["seed"] == 2
    assert set(tree(tmp_path)) == {"config.json", "notes.txt", "mine/m", "checkpoints.old",
                                   "DONE.txt"}


@pytest.mark.parametrize("removals", range(5))
def test_overwrite_that_is_killed_at_a_removal_leaves_a_run_that_resumes_with_all_its_rows(
        tmp_path, monkeypatch, removals):
    """DONE goes first, checkpoints before metrics.csv; config.json stays the old run's."""
    with make(tmp_path) as run:
        run.mark_done(3)
    for name in ("checkpoints/c", "events/e", "samples/s", "metrics.csv"):
        (tmp_path / name).write_text("x")
    left = [removals]

    def kill_or(remove):
        def removing(path):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            remove(path)
        return removing

    monkeypatch.setattr(directory.shutil, "rmtree", kill_or(shutil.rmtree))
    monkeypatch.setattr(directory.os, "remove", kill_or(os.remove))
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, dict(IDENTITY, seed=2), overwrite=True)
    monkeypatch.undo()
    found = set(tree(tmp_path))
    gone = ["DONE", "checkpoints/c", "events/e", "samples/s"]
    assert found == {"config.json", "metrics.csv"} | set(gone[removals:])
    with make(tmp_path) as run:
        assert run.resumed


def test_the_holder_of_the_lock_is_named_whatever_stood_there_before(tmp_path):
    path = str(tmp_path / "run")
    os.mkdir(path)
    (tmp_path / "run" / ".lock").write_text("99999999999999\n")  # longer than any process id
    with held_by_another_process(path) as holder:
        assert refusal(path) == "--run_dir={}: in use by process {}".format(path, holder.pid)


def test_overwrite_of_a_linked_folder_keeps_what_the_link_leads_to(tmp_path):
    make(tmp_path / "run").close()
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "x").write_text("x")
    os.rmdir(str(tmp_path / "run" / "checkpoints"))
    os.symlink(str(tmp_path / "disk"), str(tmp_path / "run" / "checkpoints"))
    make(tmp_path / "run", overwrite=True).close()
    assert (tmp_path / "disk" / "x").read_text() == "x"
    assert os.listdir(str(tmp_path / "run" / "checkpoints")) == []


def test_overwrite_removes_nothing_while_another_process_runs(tmp_path):
    path = str(tmp_path / "run")
    with held_by_another_process(path):
        (tmp_path / "run" / "metrics.csv").write_text("x")
        refusal(path, overwrite=True)
        assert set(tree(path)) == {"config.json", "metrics.csv"}


@pytest.mark.parametrize("overwrite", [False, True])
def test_folder_with_other_files_is_refused_and_left_alone(tmp_path, overwrite):
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "holiday.jpg").write_text("x")
    message = refusal(tmp_path, overwrite=overwrite)
    assert message.startswith("--run_dir={}: expected a new or empty folder".format(tmp_path))
    assert '"samples"' in message
    assert os.listdir(str(tmp_path)) == ["samples"]
    assert set(tree(tmp_path)) == {"samples/holiday.jpg"}


def test_folder_left_by_a_start_that_was_killed_is_empty(tmp_path):
    (tmp_path / ".lock").write_text("1\n")
    (tmp_path / ".config.json.0a.tmp").write_text("{")
    with make(tmp_path) as run:
        assert not run.resumed


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("content, expected", [
    (b'{"format": 1, "iden', "damaged"),
    (b"\xff\xfe", "damaged"),
    (b"", "damaged"),
    (b'{"format": 2, "identity": {}, "settings": {}}', "format 1, received 2"),
    (b"[1]", "format 1, received null"),
    (b'{"format": 1, "identity": 3, "settings": {}}', 'as "identity", received 3'),
    (b'{"format": 1, "identity": {}}', 'as "settings", received null'),
])
def test_damaged_config_is_refused_and_left_alone(tmp_path, content, expected, overwrite):
    (tmp_path / "config.json").write_bytes(content)
    (tmp_path / "metrics.csv").write_text("x")
    message = refusal(tmp_path, overwrite=overwrite)
    assert message.startswith(str(tmp_path / "config.json") + ": ")
    assert expected in message
    assert tree(tmp_path) == {"config.json": content, "metrics.csv": b"x"}


def test_file_is_refused(tmp_path):
    (tmp_path / "f").write_text("x")
    assert refusal(tmp_path / "f") == "--run_dir={}: expected a folder, received a file".format(
        tmp_path / "f")
    assert "can be written" in refusal(tmp_path / "f" / "run")
    assert (tmp_path / "f").read_text() == "x"


def test_folder_that_cannot_be_made_or_locked_is_refused(tmp_path):
    assert "can be written" in refusal("/proc/groundwork_run")
    (tmp_path / ".lock").mkdir()
    assert "can be written" in refusal(tmp_path)
    assert os.listdir(str(tmp_path)) == [".lock"]


def test_folder_of_another_user_is_refused():
    with tempfile.TemporaryDirectory() as parent:
        os.chmod(parent, 0o555)
        with contextlib.ExitStack() as stack:
            if os.geteuid() == 0:  # root may write anywhere
                try:
                    os.seteuid(65534)
                except OSError:
                    pytest.skip("this sandbox does not let root become another user")
                stack.callback(os.seteuid, 0)
            for path in (parent, os.path.join(parent, "run")):
                assert "Permission denied" in refusal(path)
        assert os.listdir(parent) == []


def test_value_that_is_not_json_creates_nothing(tmp_path):
    for value, error in ((object(), TypeError), (float("nan"), ValueError)):
        with pytest.raises(error):
            make(tmp_path / "run", {"seed": value})
    assert os.listdir(str(tmp_path)) == []


def test_failure_after_locking_lets_go_of_the_lock(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(directory, "write_json", fail)
        assert "disk full" in refusal(tmp_path)
    assert os.listdir(str(tmp_path)) == [".lock"]
    make(tmp_path).close()


def test_second_opening_is_refused_until_the_first_closes(tmp_path):
    with make(tmp_path) as run:
        assert refusal(tmp_path) == "--run_dir={}: in use by process {}".format(
            tmp_path, os.getpid())
    run.close()  # twice is harmless
    make(tmp_path).close()


def test_second_process_is_refused_with_the_pid_of_the_first(tmp_path):
    path = str(tmp_path / "run")
    with held_by_another_process(path) as process:
        assert refusal(path, {"seed": 1}) == "--run_dir={}: in use by process {}".format(
            path, process.pid)


def test_killed_process_frees_the_lock(tmp_path):
    path = str(tmp_path / "run")
    with held_by_another_process(path) as process:
        refusal(path, {"seed": 1})
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        with make(path, {"seed": 1}) as run:
            assert run.resumed


def test_closing_unlocks_although_a_forked_child_holds_the_file(tmp_path):
    run = make(tmp_path)
    inherited = os.dup(run._lock)  # pylint: disable=protected-access
    try:
        run.close()
        make(tmp_path).close()
    finally:
        os.close(inherited)


def test_done_is_marked_and_cleared(tmp_path):
    with make(tmp_path) as run:
        run.clear_done()
        run.mark_done(20)
        assert json.loads((tmp_path / "DONE").read_text()) == {"step": 20}
        run.clear_done()
        assert not (tmp_path / "DONE").exists()


def test_reading_the_config_of_no_run_is_refused(tmp_path):
    (tmp_path / "f").write_text("")
    for path, received in ((tmp_path, "a folder without config.json"), (tmp_path / "f", "a file"),
                           (tmp_path / "none", "a path that does not exist")):
        with pytest.raises(UsageError) as caught:
            read_config(str(path))
        assert str(caught.value) == "--run_dir={}: expected a run directory, received {}".format(
            path, received)


def test_config_can_be_read_while_the_run_is_locked(tmp_path):
    with make(tmp_path):
        assert read_config(str(tmp_path))["identity"] == IDENTITY
