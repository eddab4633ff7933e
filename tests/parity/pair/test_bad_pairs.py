"""Bad input for a pair of one's own: one line each, with the right status."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from parity import command_line
from parity import verify
from parity.pair import captures
from parity.pair.config import PairConfig
from parity.workers import Recorder, RecorderError, Refused

PORT = os.path.join("examples", "gan", "port.py") + ":build"


@pytest.fixture(autouse=True)
def in_repository(repository, monkeypatch):
    monkeypatch.chdir(repository)


@pytest.mark.parametrize("arguments,said", [
    (["--legacy=captured"], "expected --modern beside it"),
    (["--float32_only"], "expected --legacy and --modern beside it"),
    (["--modern=" + PORT], "expected --legacy beside it"),
    (["--legacy=examples", "--modern=" + PORT], "received a folder without capture.json"),
    (["--legacy=examples", "--modern=examples/gan/port.py"], "expected FILE:FUNCTION"),
    (["--legacy=examples", "--modern=no_such_port.py:build"], "expected a file, received none"),
    (["--legacy=examples", "--modern=no_such_module.port:build"],
     "expected a module, received no such name"),
    (["--legacy=examples", "--modern=examples.gan.port:build"], "without capture.json"),
    (["--legacy=examples/no_such.py", "--modern=" + PORT], "received no such file"),
    (["--legacy=examples", "--modern=" + PORT, "--legacy_python=no_such_python"],
     "expected a Python interpreter")])
def test_one_line_says_what_was_expected_and_received(arguments, said):
    with pytest.raises(command_line.UsageError) as error:
        verify.main(arguments)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_port_that_is_no_python_is_told_with_its_line(tmp_path):
    (tmp_path / "port.py").write_text("import keras\n\ndef build(:\n")
    with pytest.raises(command_line.UsageError) as error:
        verify.main(["--legacy=examples", f"--modern={tmp_path / 'port.py'}:build"])
    assert "expected Python 3." in str(error.value) and "in line 3" in str(error.value)


# Ports that are found to be bad when they are built, all by one recorder.

_PORTS = '''import keras


def nothing():
    return None


def not_compiled():
    return keras.Sequential([keras.layers.Dense(1)])


def broken():
    return keras.Sequential([keras.layers.Dense(-1)])  # line 13


def needs_more():
    import no_such_dependency  # line 17
'''


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """Function of a port's name to the error of the recorder that describes it."""
    folder = tmp_path_factory.mktemp("ports")
    (folder / "ports.py").write_text(_PORTS)
    (folder / "importing.py").write_text("import keras\nimport no_such_dependency\n")
    with Recorder("parity.port.recorder") as recorder:
        def describe(name):
            with pytest.raises(RecorderError) as error:
                recorder("describe", program=str(folder / name), dtype="float32")
            assert "\n" not in str(error.value)
            return error.value
        yield describe


@pytest.mark.parametrize("name,said", [
    ("ports.py:nothing", "ports.py:nothing returned None; expected a compiled keras.Model"),
    ("ports.py:not_compiled", "returned a keras.Model (Sequential) that is not compiled"),
    ("ports.py:missing", "ports.py:missing: expected a function, received no such name in"),
    ("no_such.py:build", "no_such.py: expected a file, received none")])
def test_what_is_no_port_is_refused(described, name, said):
    error = described(name)
    assert isinstance(error, Refused) and said in str(error)


@pytest.mark.parametrize("name,said", [
    ("ports.py:broken", "ports.py:13)"),
    ("ports.py:needs_more", "No module named 'no_such_dependency' ("),
    ("ports.py:needs_more", "ports.py:17)"), ("importing.py:build", "importing.py:2)")])
def test_a_port_that_fails_is_told_with_its_authors_line(described, name, said):
    error = described(name)
    assert not isinstance(error, Refused) and said in str(error)


# References.

@pytest.fixture(scope="module")
def reference():
    with Recorder("parity.reference.recorder") as recorder:
        yield recorder


@pytest.mark.parametrize("content,said", [
    (json.dumps({"format": 99}), "received format 99, while this version reads 1"),
    ("{", "expected a capture, received Expecting property name"),
    ("[]", "received format [], while this version reads 1")])
def test_a_capture_that_is_damaged_or_of_another_format_is_refused(
        reference, tmp_path, content, said):
    (tmp_path / "capture.json").write_text(content)
    with pytest.raises(Refused) as error:
        reference("describe", captured=str(tmp_path), example=str(tmp_path / "example.npz"))
    assert str(error.value).startswith(f"{tmp_path}: expected a capture, received ")
    assert said in str(error.value)


@pytest.mark.parametrize("code,kind,said", [
    ("from common import SAID\nraise ValueError(SAID)\n", RecorderError,
     "ValueError: of the user's common (train.py:2)"),
    ("def build(:\n", command_line.UsageError, "expected a program in Python"),
    ("import os\nos.kill(os.getpid(), 9)\n", RecorderError,
     "the capture ended by SIGKILL, out of memory is likely")])
def test_a_program_that_fails_is_told_with_its_line(tmp_path, monkeypatch, code, kind, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(code)
    (tmp_path / "common.py").write_text("SAID = 'of the user\\'s common'\n")  # a name of ours
    (tmp_path / "folder").mkdir()
    with pytest.raises(kind) as error:
        captures.captured(PairConfig("train.py", "port.py:build"), str(tmp_path / "folder"), str)
    assert str(error.value).startswith("--legacy=train.py: ") and said in str(error.value)
    assert "\n" not in str(error.value)


def test_an_interruption_ends_all_and_leaves_nothing(repository, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "train.py").write_text(
        "import os, time\nopen('started', 'w').write(str(os.getpid()))\ntime.sleep(100)\n")
    (tmp_path / "port.py").write_text("def build():\n    return None\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "parity.verify", "--legacy=train.py", "--modern=port.py:build"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=dict(os.environ, PYTHONPATH=repository, TMPDIR=str(tmp_path / "files")))
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists() or not (tmp_path / "started").read_text():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    first, last = err.splitlines()
    assert first.endswith(" s] capturing train.py") and last == "parity.verify: interrupted"
    assert not list((tmp_path / "files").iterdir())
    assert not os.path.exists(f"/proc/{(tmp_path / 'started').read_text()}")
