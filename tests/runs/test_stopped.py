"""Tests that a run that a signal stops saves what it has done, and resumes to the same bytes."""

import os
import re
import signal
import subprocess
import time

import pytest

from groundwork.run.metrics_logger import MetricsLogger
from tests.binaries import train, WINGS
from tests.runs.files import checkpoint, copy, result

# The modern wing takes six steps in a call, up to the next of ten summaries; the legacy wing one.
MODEL = ["--model=vae", "--checkpoint_every=200"]
STEP = {"legacy": 37, "modern": 42}


@pytest.fixture(name="signal_at")
def fixture_signal_at(monkeypatch):
    """Function that has a signal sent when a step has been recorded."""
    def send_at(step, number):
        record = MetricsLogger.record

        def record_and_send(self, done, losses):
            logged = record(self, done, losses)
            if done == step:
                os.kill(os.getpid(), number)
                time.sleep(0.1)
            return logged

        monkeypatch.setattr(MetricsLogger, "record", record_and_send)
    return send_at


@pytest.mark.parametrize("name,status", [
    ("SIGTERM", 143), pytest.param("SIGHUP", 129, marks=pytest.mark.slow),
    pytest.param("SIGINT", 130, marks=pytest.mark.slow)])
def test_a_signal_has_the_step_finished_and_saved(
        legacy_vae, tmp_path, signal_at, capfd, name, status):
    wing, folder = legacy_vae
    run_dir = str(tmp_path / "run")
    signal_at(37, getattr(signal, name))
    assert train(wing, run_dir, "--train_steps=60", *MODEL) == status
    assert capfd.readouterr().err == (
        "{}.train: stopped by {} after step {}, which is saved; the same command resumes there\n"
        .format(wing, name, STEP[wing]))
    assert os.path.exists(checkpoint(wing, run_dir, STEP[wing]) + ".index")
    assert not os.path.exists(os.path.join(run_dir, "DONE"))
    assert train(wing, run_dir, "--train_steps=60", *MODEL) == 0
    assert capfd.readouterr().out.startswith("step {:6d}/60 ".format(STEP[wing] + 1))
    assert result(wing, run_dir, 60) == result(wing, str(folder / "60"), 60)


@pytest.mark.slow
def test_a_signal_in_the_last_step_leaves_a_finished_run(vae, tmp_path, signal_at, capfd):
    wing, folder = vae
    run_dir = str(tmp_path / "run")
    signal_at(60, signal.SIGTERM)
    assert train(wing, run_dir, "--train_steps=60", *MODEL) == 0
    assert capfd.readouterr().err == ""
    assert result(wing, run_dir, 60) == result(wing, str(folder / "60"), 60)


def test_a_signal_before_a_step_leaves_a_resumed_run_as_it_is(
        vae, tmp_path, monkeypatch, capfd):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    init = MetricsLogger.__init__

    def init_and_send(*arguments, **options):
        init(*arguments, **options)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)

    monkeypatch.setattr(MetricsLogger, "__init__", init_and_send)
    assert train(wing, run_dir, "--train_steps=120", *MODEL) == 143
    assert capfd.readouterr() == (
        "", "{}.train: stopped by SIGTERM before a step was taken; the same command resumes at "
            "step 60\n".format(wing))


def start(python, wing, run_dir, repository):
    return subprocess.Popen(
        [python, "-m", wing + ".train", "--run_dir=" + run_dir, "--model=mlp_gan",
         "--train_steps=100000", "--checkpoint_every=100000"], cwd=repository,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.parametrize("wing", WINGS)
@pytest.mark.parametrize("signals,status", [([signal.SIGTERM], 143),
                                            ([signal.SIGHUP, signal.SIGINT], 130)])
def test_a_process_ends_with_the_status_of_the_signal(
        wing, signals, status, tmp_path, repository, forked_python):
    run_dir = str(tmp_path / "run")
    process = start(forked_python, wing, run_dir, repository)
    try:
        assert process.stdout.readline().startswith(b"step")
        for number in signals:
            process.send_signal(number)
            time.sleep(0.001)
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode in (status, 128 + signals[0])  # or it was saved before the second
    assert re.fullmatch(r"({}\.train: stopped by {} after step \d+, which is saved; .*\n)?".format(
        wing, signals[0].name), err.decode())
    assert err or len(signals) == 2


@pytest.mark.slow
@pytest.mark.parametrize("wing", WINGS)
def test_a_pipe_that_is_read_no_more_stops_the_run_silently(
        wing, tmp_path, repository, forked_python):
    run_dir = str(tmp_path / "run")
    process = start(forked_python, wing, run_dir, repository)
    try:
        assert process.stdout.readline().startswith(b"step")
        process.stdout.close()
        assert process.wait(60) == 141
        assert re.fullmatch(rb"\S+ stopped by SIGPIPE after step \d+, .*\n", process.stderr.read())
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
