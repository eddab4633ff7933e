"""Captures in processes forked from one: how they ended, what they said, and with whom they die."""

import json
import os
import subprocess
import sys
import time

import pytest

from parity.workers import Recorder

_PROGRAM = '''
import os
import tensorflow.compat.v1 as tf


def trained():
    print("the program speaks", flush=True)
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    loss = tf.reduce_mean(tf.square(tf.layers.dense(x, 1)))
    return {"loss": loss, "train_op": tf.train.GradientDescentOptimizer(0.1).minimize(loss)}


def broken():
    raise ValueError("no such model")


def aborted():
    os.abort()


def waiting():
    with open("process", "w") as file:
        file.write(str(os.getpid()))
    os.read(0, 1)  # nothing is typed
    import time
    time.sleep(60)
'''


@pytest.fixture(scope="module", name="capturer")
def fixture_capturer(tmp_path_factory):
    with Recorder("parity.reference.capturer", home=str(tmp_path_factory.mktemp("home"))) as one:
        yield one


@pytest.fixture(name="folder")
def fixture_folder(tmp_path):
    (tmp_path / "program.py").write_text(_PROGRAM)
    return tmp_path


def asked(folder, function):
    """The job that captures a function of the program."""
    return {"folder": str(folder), "arguments": [
        "--steps=2", f"--out={folder}/captured", "--", f"program.py:{function}"]}


def test_a_capture_ends_with_0_and_lies_in_its_folder(capturer, folder):
    ended = capturer("capture", **asked(folder, "trained"))
    assert ended["status"] == 0
    assert ended["said"].startswith("capture: ") and "2 steps" in ended["said"]
    header = json.loads((folder / "captured" / "capture.json").read_text())
    assert header["steps"] == 2
    assert header["program"][-1] == "program.py:trained"


def test_a_failed_capture_is_known_by_its_status_and_last_line(capturer, folder):
    ended = capturer("capture", **asked(folder, "broken"))
    assert ended["status"] not in (0, 64)
    assert ended["said"].startswith("capture: ") and "no such model" in ended["said"]
    assert not (folder / "captured").exists()
    ended = capturer("capture", folder=str(folder), arguments=["--steps=0", "--", "program.py"])
    assert ended["status"] == 64 and "--steps" in ended["said"]


def test_what_was_imported_is_there_for_every_program(capturer, folder):
    (folder / "slow_module.py").write_text("import os\nPROCESS = os.getpid()\n")
    (folder / "program.py").write_text(_PROGRAM + '''
import slow_module
assert slow_module.PROCESS != os.getpid()
''')
    capturer("import", modules=["slow_module", "no_such_module"], folder=str(folder))
    assert capturer("capture", **asked(folder, "trained"))["status"] == 0


def test_of_a_capture_that_a_signal_ended_the_signal_is_the_status(capturer, folder):
    assert capturer("capture", **asked(folder, "aborted"))["status"] == -6


def test_what_the_command_does_not_say_itself_is_said(capturer, folder):
    answer = capturer("capture", **asked(folder / "missing", "trained"))
    assert answer["status"] == 1
    assert answer["said"].startswith("FileNotFoundError: ")


def test_captures_leave_nothing_in_the_process_they_are_forked_from(capturer, folder):
    for function in ("broken", "trained"):
        ended = capturer("capture", **asked(folder, function))
    assert ended["status"] == 0
    text = _PROGRAM.replace("[2, 3]", "[2, 5]")
    (folder / "program.py").write_text(text)  # the module was not imported there
    again = dict(asked(folder, "trained"))
    again["arguments"] = [word.replace("captured", "again") for word in again["arguments"]]
    assert capturer("capture", **again)["status"] == 0
    header = json.loads((folder / "again" / "capture.json").read_text())
    assert [5, 1] in [entry["shape"] for entry in header["variables"].values()]


@pytest.mark.skipif(sys.platform != "linux", reason="a parent's end is not told elsewhere")
def test_a_capture_dies_with_its_parent(folder):
    recorder = Recorder("parity.reference.capturer", home=str(folder))
    job = dict(asked(folder, "waiting"), job="capture")
    recorder._process.stdin.write(json.dumps(job) + "\n")
    recorder._process.stdin.flush()
    process = int(_when_there(folder / "process"))
    os.kill(process, 0)  # it runs
    recorder.kill()
    recorder.close()
    end = time.monotonic() + 10
    while _runs(process):
        assert time.monotonic() < end
        time.sleep(0.05)


def _when_there(path):
    end = time.monotonic() + 60
    while not path.exists() or not path.read_text():
        assert time.monotonic() < end
        time.sleep(0.05)
    return path.read_text()


def _runs(process):
    """Whether a process is there, and no more than waits to be forgotten."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True,
                           text=True).stdout.strip()
    return bool(found) and not found.startswith("Z")
