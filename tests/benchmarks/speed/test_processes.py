"""Processes of contestants and of whole commands."""

import subprocess
import sys

import pytest

from benchmarks.speed import processes
from benchmarks.speed import settings
from parity import command_line

# In a process of its own: a peak includes what the parent is, and tests may have made us large.
_PEAKS = """
import sys
from benchmarks.speed.processes import whole
for program in ("b'x' * (300 * 2 ** 20)", "pass"):
    print(whole([sys.executable, "-c", program], program).peak_megabytes)
"""


def test_peak_memory_is_that_of_one_process(repository):
    lines = subprocess.check_output([sys.executable, "-c", _PEAKS], cwd=repository, text=True)
    large, small = (float(line) for line in lines.splitlines())
    assert 300 <= large < 350
    assert 5 < small < 100


@pytest.mark.parametrize("status, kind", [
    (64, command_line.UsageError), (70, processes.Failed)])
def test_a_command_that_fails_is_told_by_its_last_line(status, kind):
    program = f"import sys; print('one\\nthe last', file=sys.stderr); sys.exit({status})"
    with pytest.raises(kind, match=rf"^the last \(exit status {status} of legacy\.train\)$"):
        processes.whole([sys.executable, "-c", program], "legacy.train")


def test_a_contestant_takes_steps_and_tells_its_memory(repository, monkeypatch):
    monkeypatch.chdir(repository)
    with processes.Contestant("inputs", settings.of("dense_gan", 32)) as contestant:
        for asked in (1, 5):
            steps, seconds = contestant.ask(asked)
            assert steps == asked and 0 < seconds < 60
        assert 20 < contestant.end() < 1000


def test_a_contestant_that_fails_is_told_by_its_last_line(repository, monkeypatch):
    monkeypatch.chdir(repository)
    with processes.Contestant("inputs", {"hparams": {}}) as contestant:
        with pytest.raises(processes.Failed, match=r"model.* \(exit status 1 of inputs\)$"):
            contestant.ask(1)


def test_a_contestant_that_gives_no_answer_is_ended(repository, monkeypatch):
    monkeypatch.chdir(repository)
    with processes.Contestant("inputs", settings.of("dense_gan", 32), patience=0.0) as contestant:
        with pytest.raises(processes.Failed, match="^no answer in 0 s"):
            contestant.ask(1)


def test_pytorch_is_looked_for_without_being_imported(tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert processes.has_torch(sys.executable)
    assert not processes.has_torch("false")
