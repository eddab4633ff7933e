"""The examples against golden files, from the command line, when the capture is gone."""

import os
import subprocess
import sys

import pytest

from tests.parity.pair.test_examples import EXAMPLES, FAULTS, PYTHON


def run(repository, *arguments):
    return subprocess.run([sys.executable, *arguments], cwd=repository, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_examples_come_through_and_faults_are_found_without_the_capture(
        repository, tmp_path, name):
    captured, golden = tmp_path / "captured", tmp_path / "golden.npz"
    port = os.path.join("examples", name, "port.py")
    subprocess.run(
        [PYTHON or sys.executable, os.path.join("parity", "capture.py"), "--steps=3",
         f"--out={captured}", "--", os.path.join("examples", name, "train.py")],
        cwd=repository, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ended = run(repository, "-m", "parity.verify", f"--legacy={captured}",
                f"--modern={port}:build", f"--golden={golden}")
    assert ended.returncode == 0, ended.stderr
    assert os.path.getsize(golden) < 15_000
    assert ended.stderr.splitlines()[-1].endswith(
        f" s] {golden} is written: {os.path.getsize(golden):,} bytes")
    captured.rename(tmp_path / "gone")
    ended = run(repository, "-m", "parity.verify", f"--golden={golden}", f"--modern={port}:build")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(f"{port}:build: {EXAMPLES[name]}\n")

    right, wrong, rung = FAULTS[name]
    with open(os.path.join(repository, port)) as source:
        (tmp_path / "port.py").write_text(source.read().replace(right, wrong))
    ended = run(repository, "-m", "parity.verify", f"--golden={golden}",
                f"--modern={tmp_path / 'port.py'}:build")
    assert ended.returncode == 1, ended.stderr
    assert f"  first: rung {rung} (" in ended.stdout
