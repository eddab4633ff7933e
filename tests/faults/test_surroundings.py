"""Commands in other surroundings: names, locales, clocks, machines, pipes that nobody reads."""

import os
import shutil
import subprocess
import sys

import pytest

from groundwork.run import event_losses
from groundwork.run import files
from groundwork.run.directory import RunDirectory
from parity import command_line
from parity.common import files as parity_files
from tests.binaries import call, LEGACY_QUICK, MODERN_QUICK, train, WINGS

MODEL = ["--model=dense_gan", "--batch_size=8", "--checkpoint_every=2", "--sample_every=3",
         "--log_every=1", "--summary_every=3", "--parity_mode"]
ODD = {"LC_ALL": "tr_TR.UTF-8", "TZ": "Nowhere/Else", "HOME": os.path.join(os.sep, "nowhere"),
       "XDG_CACHE_HOME": os.path.join(os.sep, "nowhere"), "PYTHONUTF8": "0",
       "PYTHONCOERCECLOCALE": "0"}


def run(python, repository, *arguments, **environment):
    """A command that ended: `subprocess.CompletedProcess`, with bytes."""
    return subprocess.run([python, "-m", *arguments], cwd=repository, env=dict(
        os.environ, **environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)


@pytest.mark.parametrize("wing,locale", [
    ("legacy", "tr_TR.UTF-8"), ("modern", "C"),
    pytest.param("legacy", "C", marks=pytest.mark.slow),
    pytest.param("modern", "tr_TR.UTF-8", marks=pytest.mark.slow)])
def test_training_needs_no_locale_no_home_no_time_zone_and_takes_any_name_in_utf_8(
        wing, locale, tmp_path, repository, forked_python):
    run_dir, output = tmp_path / "a run é" / ("x" * 255), tmp_path / ("y" * 251 + ".png")
    environment = dict(ODD, LC_ALL=locale)
    for command in ([wing + ".train", *MODEL, "--train_steps=2", f"--run_dir={run_dir}"],
                    [wing + ".sample", f"--run_dir={run_dir}", f"--output={output}"]):
        ended = run(forked_python, repository, *command, **environment)
        assert (ended.returncode, ended.stderr) == (0, b"")
    assert output.stat().st_size > 100


@pytest.mark.parametrize("wing", WINGS)
def test_a_run_directory_in_other_bytes_is_refused_in_one_line(wing, tmp_path, capfd):
    name = os.fsdecode(b"\xff")
    assert train(wing, str(tmp_path / name), "--train_steps=2", *MODEL) == 64
    assert capfd.readouterr().err == (
        f"{wing}.train: --run_dir='{tmp_path}/\\udcff': expected a path in UTF-8, received other "
        "bytes\n")
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("wing", LEGACY_QUICK)
def test_metrics_are_rebuilt_though_the_clock_was_set_back(wing, tmp_path, capfd):
    run_dir = tmp_path / "run"
    for steps in (3, 6):
        assert train(wing, str(run_dir), f"--train_steps={steps}", *MODEL) == 0
        for name in os.listdir(run_dir / "events"):  # the later process's files are the earlier
            second = name.partition(".tfevents.")[2].partition(".")[0]
            if ".tfevents." in name and len(second) == 10 and second.isdecimal():
                os.rename(run_dir / "events" / name, run_dir / "events" / name.replace(
                    second, f"{1000 - steps:010d}" if int(second) > 1000 else second))
    found = event_losses.read(str(run_dir / "events"))
    assert sorted(found) == [1, 2, 3, 4, 5, 6]
    expected = (run_dir / "metrics.csv").read_bytes()
    (run_dir / "metrics.csv").unlink()
    assert train(wing, str(run_dir), "--train_steps=6", *MODEL) == 0
    assert (run_dir / "metrics.csv").read_bytes() == expected


def opened(path):
    return RunDirectory.open(str(path), {"seed": 1}, {})


def test_a_run_held_on_another_machine_is_explained(tmp_path, monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "far away")
    with opened(tmp_path / "run"):
        monkeypatch.setattr("socket.gethostname", lambda: "here")
        with pytest.raises(Exception) as refused:
            opened(tmp_path / "run")
    assert str(refused.value) == (
        f"--run_dir={tmp_path}/run: in use by process {os.getpid()} on far_away; if that machine "
        f"is down, its lock ends with its lease, or with the file {tmp_path}/run/.lock")


def test_a_lock_that_a_dead_machine_left_is_told_once(tmp_path, monkeypatch):
    lines = []
    monkeypatch.setattr("absl.logging.warning", lambda text, *values: lines.append(text % values))
    opened(tmp_path / "run").close()
    assert (tmp_path / "run" / ".lock").read_text() == ""  # it ended, and says so
    (tmp_path / "run" / ".lock").write_text("7 far_away\n")
    for _ in range(2):
        opened(tmp_path / "run").close()
    assert lines == [f"--run_dir={tmp_path}/run: process 7 on far_away held it and did not say "
                     "that it ended; if it still runs, stop one of the two"]


@pytest.mark.parametrize("wing", MODERN_QUICK)
def test_a_run_that_was_moved_goes_on(wing, tmp_path):
    for steps, place in ((3, tmp_path / "a"), (6, tmp_path / "b")):
        if steps == 6:
            shutil.move(tmp_path / "a", place)
        assert train(wing, str(place), f"--train_steps={steps}", *MODEL) == 0
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("module", [files, parity_files])
def test_a_name_of_255_bytes_can_be_written(module, tmp_path):
    path = tmp_path / ("é" * 127 + "x")
    if module is files:
        files.write_whole(str(path), b"text")
    else:
        with parity_files.whole(str(path)) as part:
            with open(part, "wb") as file:
                file.write(b"text")
    assert path.read_bytes() == b"text" and os.listdir(tmp_path) == [path.name]


def test_what_a_killed_process_left_of_a_report_is_swept(tmp_path):
    ended = subprocess.run([sys.executable, "-c", ""]), subprocess.Popen([sys.executable, "-c", ""])
    ended[1].wait()
    host = parity_files._host()
    ours = tmp_path / f"a.json.{host}.{ended[1].pid}.part"
    theirs = tmp_path / f"a.json.elsewhere.{ended[1].pid}.part"
    for path in (ours, theirs):
        path.write_text("half")
    command_line.write(str(tmp_path / "a.json"), "{}")
    assert sorted(os.listdir(tmp_path)) == ["a.json", theirs.name]


@pytest.mark.parametrize("command", [["parity.graphs", "--help"], ["parity.verify", "--help"],
                                     ["legacy.train", "--help"], ["parity.capture", "--help"]])
def test_a_pipe_that_nobody_reads_ends_a_command_silently(command, repository):
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run([sys.executable, "-m", *command], cwd=repository, stdout=write,
                           stderr=subprocess.PIPE)
    os.close(write)
    assert ended.returncode in (0, 141) and ended.stderr == b""


@pytest.mark.parametrize("command", ["compare", "graphs", "selftest", "verify", "convert"])
def test_help_that_cannot_be_written_is_one_line(command, repository):
    with open("/dev/full", "wb") as full:
        ended = subprocess.run([sys.executable, "-m", f"parity.{command}", "--help"],
                               cwd=repository, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stderr) == (
        74, f"parity.{command}: standard output: cannot be written: No space left on device\n")


def test_the_help_of_the_recorder_that_cannot_be_written_is_one_line(repository):
    with open("/dev/full", "wb") as full:
        ended = subprocess.run([sys.executable, "parity/capture.py", "--help"],
                               cwd=repository, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (ended.returncode, ended.stderr) == (
        74, "capture: standard output or a file: No space left on device\n")


_WITHOUT_OURS = """
import importlib.machinery, os, sys

class Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, name):
        path = self.get_filename(name)
        return compile(self.get_data(path), path, "exec", dont_inherit=True, optimize=1)

find = importlib.machinery.FileFinder.path_hook((Loader, [".py"]))

def find_ours(path):
    if os.path.join(path, "").startswith(OURS) and "site-packages" not in path:
        return find(path)
    raise ImportError(path)

OURS = tuple(os.path.join(path, "") for path in (os.getcwd(), sys.argv[1]))
sys.path[:1] = OURS
sys.path_hooks.insert(0, find_ours)
import asserts_nothing
from tests.binaries import train
sys.exit(train('legacy', sys.argv[1] + "/run", *sys.argv[2:]))
"""


def test_the_project_without_its_asserts_trains(tmp_path, repository):
    """As `python -O`, for which all of TensorFlow would have to be compiled anew."""
    (tmp_path / "asserts_nothing.py").write_text("assert False")
    ended = subprocess.run(
        [sys.executable, "-c", _WITHOUT_OURS, str(tmp_path), "--train_steps=2", *MODEL],
        cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert (tmp_path / "run" / "DONE").exists()


@pytest.mark.slow
def test_python_without_asserts_trains(tmp_path, repository):
    code = ("import sys; from tests.binaries import train; assert False; "
            "sys.exit(train('legacy', sys.argv[1], *sys.argv[2:]))")
    ended = subprocess.run(
        [sys.executable, "-O", "-c", code, str(tmp_path / "run"), "--train_steps=2", *MODEL],
        cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert call("legacy.sample", f"--run_dir={tmp_path}/run", f"--output={tmp_path}/a.png") == 0
