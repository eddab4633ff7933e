"""Tests that a killed run ends where an uninterrupted one ends; a finished one is left alone."""

import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.binaries import LEGACY_QUICK, train
from tests.runs.files import checkpoint, result

MODEL = ["--model=vae", "--batch_size=16", "--train_steps=300", "--checkpoint_every=100",
         "--summary_every=100"]


def start(wing, run_dir, repository):
    return subprocess.Popen([sys.executable, "-m", wing + ".train", "--run_dir=" + run_dir] + MODEL,
                            cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def stopped_at_first_checkpoint(wing, run_dir, repository):
    """A process that is stopped, so that it can be looked at, while it saves its first state."""
    for _ in range(5):  # on a busy machine a run may end before its checkpoint is seen
        process = start(wing, run_dir, repository)
        wait_for(checkpoint(wing, run_dir, 100) + ".index", process)
        process.send_signal(signal.SIGSTOP)
        if not os.path.exists(checkpoint(wing, run_dir, 300) + ".index"):
            return process
        process.kill()
        process.communicate()
        shutil.rmtree(run_dir)
    raise AssertionError("no run was stopped before its end")


def wait_for(path, process):
    """Waits for a file of a process that runs."""
    deadline = time.monotonic() + 60
    while not os.path.exists(path):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.002)


@pytest.fixture(name="uninterrupted", scope="module")
def fixture_uninterrupted(tmp_path_factory):
    """Function of a wing: the directory of its run that nothing happened to."""
    @functools.lru_cache(maxsize=None)
    def get(wing):
        run_dir = str(tmp_path_factory.mktemp(wing) / "run")
        assert train(wing, run_dir, *MODEL) == 0
        return run_dir
    return get


@pytest.mark.parametrize("wing", LEGACY_QUICK)
def test_a_killed_run_ends_where_an_uninterrupted_one_ends(
        wing, uninterrupted, tmp_path, repository, capfd):
    run_dir = str(tmp_path / "run")
    killed = stopped_at_first_checkpoint(wing, run_dir, repository)
    try:
        assert train(wing, run_dir, *MODEL) == 64
    finally:
        killed.kill()
        killed.communicate()
    assert capfd.readouterr() == ("", "{}.train: --run_dir={}: in use by process {}\n".format(
        wing, run_dir, killed.pid))
    assert not os.path.exists(os.path.join(run_dir, "DONE"))
    assert not os.path.exists(checkpoint(wing, run_dir, 300) + ".index")

    assert train(wing, run_dir, *MODEL) == 0
    out, err = capfd.readouterr()
    assert re.match("step +(1|101|201)/300 ", out) and err == ""  # 1: half a checkpoint is none
    assert result(wing, run_dir, 300) == result(wing, uninterrupted(wing), 300)


@pytest.mark.parametrize("wing", LEGACY_QUICK)
def test_a_finished_run_that_is_started_again_does_nothing(wing, uninterrupted, capfd):
    run_dir = uninterrupted(wing)
    before = {name: os.stat(os.path.join(run_dir, "checkpoints", name)).st_mtime_ns
              for name in os.listdir(os.path.join(run_dir, "checkpoints"))}
    expected = result(wing, run_dir, 300)
    assert train(wing, run_dir, *MODEL) == 0
    assert capfd.readouterr() == ("", "")
    assert result(wing, run_dir, 300) == expected
    assert before == {name: os.stat(os.path.join(run_dir, "checkpoints", name)).st_mtime_ns
                      for name in os.listdir(os.path.join(run_dir, "checkpoints"))}


@pytest.mark.parametrize("content", [None, b"", b"garbage"])
def test_the_savers_list_of_checkpoints_is_not_needed(tmp_path, uninterrupted, content, capfd):
    run_dir = str(tmp_path / "run")
    shutil.copytree(uninterrupted("legacy"), run_dir)
    path = os.path.join(run_dir, "checkpoints", "checkpoint")
    os.remove(path)
    if content is not None:
        with open(path, "wb") as file:
            file.write(content)
    assert train("legacy", run_dir, *MODEL) == 0
    assert capfd.readouterr() == ("", "")
    assert result("legacy", run_dir, 300) == result("legacy", uninterrupted("legacy"), 300)
