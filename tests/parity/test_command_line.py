"""parity.verify as a command: bad input ends in one line and 64, before anything is recorded."""

import errno
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from parity import __main__ as commands
from parity import command_line
from parity import compare
from parity import graphs
from parity import verify
from parity.cases import CASES, chosen
from parity.pair import many
from parity.trace.file import DamagedTrace
from parity.workers import RecorderError, Refused


@pytest.fixture
def run(monkeypatch, capsys):
    """Function of arguments to (exit status, lines of standard error)."""

    def refuse(*unused):
        raise AssertionError("bad input was accepted")

    monkeypatch.setattr(many, "verify", refuse)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["verify.py"] + list(arguments))
        status = command_line.run("parity.verify", verify.main)
        written = capsys.readouterr()
        assert written.out == ""
        return status, written.err.splitlines()

    return call


@pytest.mark.parametrize("arguments, words", [
    (["--case=resnet"], ["--case=resnet: expected all, wgan-dcgan", "mlp_gan-corrected"]),
    (["--case="], ["--case", "expected all"]),
    (["--case=two\nlines"], ["--case", "two lines"]),
    (["--case=vae"], ["--case=vae: expected all, ", "; --model takes all pairs of a model"]),
    (["--case=vae-corrected", "--legacy=a.py", "--modern=b.py:build"],
     ["--legacy and --modern: expected none of --case, --model and --stock_optimizers"]),
    (["--model=vae-corrected"], ["--model=vae-corrected", "expected wgan, dcgan, "]),
    (["--model=all"], ["--model=all", "expected wgan, dcgan, "]),
    (["--case=vae-corrected", "--model=resnet"], ["--model=resnet"]),
    (["--steps=0"], ["--steps", "whole number from 1", "received 0"]),
    (["--steps=-3"], ["--steps", "whole number from 1", "received -3"]),
    (["--steps=abc"], ["--steps", "whole number from 1", "received abc"]),
    (["--steps=1.5"], ["--steps", "received 1.5"]),
    (["--steps"], ["--steps", "expected one argument"]),
    (["--seed=0"], ["--seed", "whole number from 1", "received 0"]),
    (["--setps=20"], ["unrecognized arguments: --setps=20; did you mean --steps?"]),
    (["--step=20"], ["--step=20; did you mean --steps?"]),  # no abbreviations
    (["extra"], ["extra"]),
    (["--require=equal"], ["--require", "identical", "equal"])])
def test_bad_argument_is_one_line_and_64(run, arguments, words):
    status, lines = run(*arguments)
    assert status == 64
    assert len(lines) == 1
    assert lines[0].startswith("parity.verify: ")
    assert all(word in lines[0] for word in words), lines[0]
    assert ("--model takes all" in lines[0]) == (arguments == ["--case=vae"])


@pytest.mark.parametrize("flag", ["report", "json"])
def test_report_that_cannot_be_written_is_refused(run, tmp_path, flag):
    missing = tmp_path / "missing" / "file"
    status, lines = run(f"--{flag}={missing}")
    assert (status, len(lines)) == (64, 1)
    assert f"--{flag}={missing}: expected a file in a folder that can be written" in lines[0]
    status, lines = run(f"--{flag}={tmp_path}")
    assert (status, len(lines)) == (64, 1)
    assert f"--{flag}={tmp_path}: expected a file" in lines[0]
    assert lines[0].endswith("received a folder")
    assert not list(tmp_path.iterdir())


def test_legacy_python_that_is_no_program_is_refused(run, tmp_path):
    text = tmp_path / "python3.7"
    text.write_text("no program")
    for path in (text, tmp_path, tmp_path / "missing"):
        status, lines = run(f"--legacy_python={path}")
        assert (status, len(lines)) == (64, 1)
        assert lines[0].startswith(
            f"parity.verify: --legacy_python={path}: expected a Python interpreter")


@pytest.mark.parametrize("error, status", [
    (command_line.UsageError("--flag: bad"), 64), (DamagedTrace("a.npz: expected a trace"), 64),
    (Refused("port.py:build returned None"), 64),
    (RecorderError("parity.reference.recorder: ValueError: no\n such layer (model.py:3)"), 70)])
def test_exit_status_tells_whose_fault_it_is(monkeypatch, capsys, error, status):
    def main(arguments):
        assert arguments == ["--flag"]
        raise error

    monkeypatch.setattr(sys, "argv", ["verify.py", "--flag"])
    assert command_line.run("parity.verify", main) == status
    expected = "parity.verify: " + " ".join(str(error).split())
    assert capsys.readouterr().err.splitlines() == [expected]


def test_a_full_disk_is_one_line_and_74(monkeypatch, capsys):
    def main(arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "argv", ["verify.py"])
    assert command_line.run("parity.verify", main) == 74
    assert capsys.readouterr().err == (
        "parity.verify: standard output or a file: cannot be written: No space left on device\n")


def test_report_whose_folder_went_is_told(tmp_path):
    path = str(tmp_path / "gone" / "report.html")
    with pytest.raises(command_line.UsageError) as error:
        command_line.write(path, "text")
    assert str(error.value) == (
        f"{path}: expected a file that can be written, received No such file or directory")


def test_faults_of_ours_keep_their_traceback(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["verify.py"])
    with pytest.raises(ZeroDivisionError):
        command_line.run("parity.verify", lambda arguments: 1 / 0)


BGD_GAN = ["bgd_gan-corrected", "bgd_gan-corrected-simultaneous", "bgd_gan-as_written"]


@pytest.mark.parametrize("names, models, expected", [
    (None, None, list(CASES)), ("all", None, list(CASES)), ("all", "vae", list(CASES)),
    ("vae-corrected", None, ["vae-corrected"]), (None, "bgd_gan", BGD_GAN),
    (None, "bgd_gan,vae", ["vae-corrected", "vae-as_written", *BGD_GAN]),
    ("wgan,vae-corrected", None, ["wgan", "vae-corrected"]),  # one case is called as its model
    ("bgd_gan-as_written,vae-corrected", "bgd_gan", ["vae-corrected", *BGD_GAN])])
def test_cases_are_chosen_by_name_or_model(names, models, expected):
    assert [case.name for case in chosen(names, models)] == expected


def test_what_is_asked_for_reaches_the_cases(monkeypatch):
    asked = []

    def verified(cases, folder, progress, python, *unused):
        asked.append((cases, python))
        assert not os.listdir(folder)
        return iter(())

    monkeypatch.setattr(many, "verify", verified)
    verify.main(["--case=vae-corrected,wgan", "--seed=5", "--stock_optimizers"])
    (wgan, vae), python = asked.pop()
    assert vae.legacy == CASES["vae-corrected"].legacy + ("--seed=5",)
    assert vae.arguments == dict(CASES["vae-corrected"].arguments, stock_optimizers=True)
    assert (vae.steps, wgan.steps, python) == (200, 20, "")
    verify.main(["--model=vae", "--steps=3", f"--legacy_python={sys.executable}"])
    cases, python = asked.pop()
    assert [(case.name, case.steps, case.legacy[-1]) for case in cases] == [
        ("vae-corrected", 3, "--seed=1"), ("vae-as_written", 3, "--seed=1")]
    assert "stock_optimizers" not in cases[0].arguments and python == sys.executable


def test_report_is_written_whole(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("the one before")
    command_line.write(str(path), "größer\n")
    assert path.read_text(encoding="utf-8") == "größer\n"
    assert os.listdir(tmp_path) == ["report.html"]


def test_report_is_on_the_disk_before_it_takes_the_place_of_the_one_before(tmp_path, monkeypatch):
    path, done = tmp_path / "report.json", []
    real = os.replace
    monkeypatch.setattr(os, "fsync", lambda number: done.append(os.fstat(number).st_size))
    monkeypatch.setattr(os, "replace", lambda *paths: done.append("replaced") or real(*paths))
    command_line.write(str(path), "text\n")
    assert done == [5, "replaced"]


@pytest.fixture(name="handlers")
def fixture_handlers():
    """Puts back what signals do: a command leaves them ignored."""
    numbers = signal.SIGTERM, signal.SIGHUP, signal.SIGINT
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before):
        signal.signal(number, handler)


@pytest.mark.parametrize("module", [verify, compare, graphs, commands])
def test_a_command_ends_with_its_status(module, handlers, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["command", "--no_such_flag"])
    with pytest.raises(SystemExit) as ended:
        module.console()
    name = module.__name__.replace(".__main__", "")
    assert ended.value.code == 64
    assert capsys.readouterr().err.startswith(name + ": ")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_after_the_work_does_not_change_the_status(number, repository):
    code = ("import atexit, time; from parity import command_line; "
            "atexit.register(lambda: (print('leaving', flush=True), time.sleep(0.5))); "
            "command_line.console('parity.verify', lambda arguments: 3)")
    with subprocess.Popen([sys.executable, "-c", code], cwd=repository, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == "leaving\n"
        process.send_signal(number)
        assert (process.wait(20), process.stderr.read()) == (3, "")


def test_report_that_fails_leaves_the_one_before(tmp_path):
    path = tmp_path / "report.html"
    path.write_text("the one before")
    with pytest.raises(UnicodeEncodeError):
        command_line.write(str(path), "a\ud800")
    assert path.read_text() == "the one before"
    assert os.listdir(tmp_path) == ["report.html"]


_HELP = """
import runpy, sys
sys.argv = ["verify.py", "--help"]
try:
    runpy.run_module("parity.verify", run_name="__main__")
except SystemExit as end:
    status = end.code
heavy = {name.split(".")[0] for name in sys.modules} & {
    "tensorflow", "keras", "tf_keras", "scipy", "sklearn", "matplotlib"}
print("ended", status, sorted(heavy))
"""


def test_help_lists_every_flag_and_imports_no_framework(repository):
    found = subprocess.run([sys.executable, "-c", _HELP], cwd=repository, text=True,
                           capture_output=True, check=True)
    lines = found.stdout.splitlines()
    assert lines[-1] == "ended 0 []"
    assert "Verifies that ports are the same models as the TensorFlow 1 programs" in found.stdout
    for flag in ("--case", "--model", "--steps", "--seed", "--stock_optimizers", "--require",
                 "--report", "--json", "--legacy_python"):
        assert any(line.strip().startswith(flag) for line in lines), flag
    assert all(name in found.stdout.replace("\n", "").replace(" ", "") for name in CASES)
    assert found.stderr == ""


def test_command_ends_with_the_status_and_no_traceback(repository):
    found = subprocess.run([sys.executable, "-m", "parity.verify", "--case=resnet"],
                           cwd=repository, text=True, capture_output=True)
    assert found.returncode == 64
    assert found.stdout == ""
    assert len(found.stderr.splitlines()) == 1


def test_a_terminated_verification_leaves_nothing_behind(repository, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "parity.verify", "--case=dense_gan-corrected", "--steps=3"],
        cwd=repository, text=True,
        env=dict(os.environ, TMPDIR=str(tmp_path)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while not list(tmp_path.rglob("reference-*.npz")):  # the first trace
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    process.terminate()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (143, "")
    seconds = r"\[ +\d+ s\] "
    assert re.fullmatch(f"{seconds}1 case on 1 core: about \\d+ s\n{seconds}verifying "
                        "dense_gan-corrected\nparity.verify: terminated\n", err), err
    assert not list(tmp_path.iterdir())
