"""Tests of groundwork.commands."""

import errno
import os
import signal
import subprocess
import sys

from absl.testing import flagsaver
import pytest

from groundwork import commands
from groundwork import flags
from groundwork.errors import Diverged, Stopped, UsageError, WriteError


@pytest.fixture(autouse=True)
def fixture_flags():
    with flagsaver.flagsaver():  # removes at its end what was defined inside
        flags.define_training_flags()
        yield


def nothing():
    pass


def failing(error):
    def main():
        raise error
    return main


def run(main, *arguments):
    return commands.run("wing.train", "Trains.", main, ["wing.train"] + list(arguments))


def test_flags_are_parsed_when_main_is_called(capsys):
    seen = []
    assert run(lambda: seen.append(flags.FLAGS.seed), "--seed=5") == 0
    assert seen == [5]
    assert capsys.readouterr() == ("", "")


def test_the_command_line_is_that_of_the_process(monkeypatch):
    monkeypatch.setattr("sys.argv", ["wing.train", "--seed=6"])
    seen = []
    assert commands.run("wing.train", "Trains.", lambda: seen.append(flags.FLAGS.seed)) == 0
    assert seen == [6]


@pytest.mark.parametrize("main,arguments,status,line", [
    (failing(UsageError("--seed: expected 1, received 2")), (), 64,
     "--seed: expected 1, received 2"),
    (failing(UsageError("two\n  lines\tand tabs ")), (), 64, "two lines and tabs"),
    (failing(Diverged("step 3, phase vae: loss/vae is nan")), (), 70,
     "step 3, phase vae: loss/vae is nan"),
    (failing(WriteError(errno.ENOSPC, "No space left on device", "run/DONE")), (), 74,
     "run/DONE: cannot be written: No space left on device"),
    (failing(OSError(errno.EIO, "Input/output error", "a")), (), 74,
     "[Errno 5] Input/output error: 'a'"),
    (failing(Stopped(signal.SIGHUP, " after step 3, which is saved")), (), 129,
     "stopped by SIGHUP after step 3, which is saved"),
    (failing(KeyboardInterrupt()), (), 130,
     "stopped by SIGINT"),
    (nothing, ("--seed=-1",), 64, "flag --seed=-1: expected a whole number from 0 to 2**63 - 1"),
    (nothing, ("--xyzzy=1",), 64, "Unknown command line flag 'xyzzy'"),
    (nothing, ("--model",), 64, "Missing value for flag --model"),
    (nothing, ("vae",), 64, "expected flags only, received 'vae'"),
    (nothing, ("--seed=1", "--", "a", "b"), 64, "expected flags only, received 'a'"),
])
def test_bad_ends_are_one_line_and_a_status(capsys, main, arguments, status, line):
    assert run(main, *arguments) == status
    assert capsys.readouterr() == ("", "wing.train: {}\n".format(line))


def test_main_is_not_called_after_bad_flags_or_for_help(capsys):
    main = failing(AssertionError("called"))
    assert run(main, "--seed=-1") == 64
    flags.FLAGS.unparse_flags()
    assert run(main, "positional") == 64
    flags.FLAGS.unparse_flags()
    assert run(main, "--help") == 0
    assert capsys.readouterr().out.startswith("Trains.\n\nusage: python -m wing.train --flag=")


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_tells_what_is_expected_and_the_default(capsys, flag):
    assert run(nothing, flag) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert ("  --log_every: steps between rows of metrics.csv; a whole number from 1 (default: 10)"
            in out.splitlines())
    listed = [line.split(":")[0][4:] for line in out.splitlines() if line.startswith("  --")]
    assert sorted(listed) == sorted(
        flag.name for flag in flags.FLAGS.flags_by_module_dict()["groundwork.flags"])


def test_a_fault_of_ours_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        run(failing(ZeroDivisionError()))


@pytest.mark.parametrize("number,status", [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_ends_a_command_with_its_status(capsys, number, status):
    before = signal.getsignal(getattr(signal, number))
    assert run(lambda: os.kill(os.getpid(), getattr(signal, number))) == status
    assert capsys.readouterr() == ("", "wing.train: stopped by {}\n".format(number))
    assert signal.getsignal(getattr(signal, number)) == before


def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does
    try:
        assert run(lambda: os.kill(os.getpid(), signal.SIGHUP)) == 0
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def help_into(stdout, repository):
    """Exit status and stderr of `legacy.train --help`."""
    ended = subprocess.run([sys.executable, "-m", "legacy.train", "--help"], cwd=repository,
                           stdout=stdout, stderr=subprocess.PIPE, timeout=60, check=False)
    return ended.returncode, ended.stderr.decode()


def test_a_pipe_that_nobody_reads_is_no_error_of_ours(repository):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert help_into(writing, repository) == (141, "")
    finally:
        os.close(writing)


def test_standard_output_on_a_full_disk_is_one_line(repository):
    with open("/dev/full", "wb") as full:
        assert help_into(full, repository) == (
            74, "legacy.train: standard output: cannot be written: No space left on device\n")
