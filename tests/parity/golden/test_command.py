"""`--golden` of the command: what it goes with, what is said, when nothing is written."""

import contextlib
import os

import pytest

import parity
from parity import api
from parity import command_line
from parity import verify
from parity.golden import against
from parity.golden import file
from parity.golden import recording
from parity.golden import writing
from parity.judge import differences
from parity.judge import findings
from parity.pair import verification
from parity.pair.config import PairConfig

PORT = os.path.join("examples", "gan", "port.py") + ":build"


@pytest.fixture(autouse=True)
def in_repository(repository, monkeypatch):
    monkeypatch.chdir(repository)


@pytest.mark.parametrize("arguments,said", [
    (["--golden=g.npz"], "--golden=g.npz: expected --modern beside it"),
    (["--golden=g.npz", "--modern=" + PORT, "--steps=3"], "expected no --steps beside it"),
    (["--golden=g.npz", "--modern=" + PORT, "--float32_only"], "expected no --float32_only"),
    (["--golden=g.npz", "--modern=" + PORT, "--show_mapping"], "expected no --show_mapping"),
    (["--golden=README.md", "--modern=" + PORT, "--legacy=captured"], "expected a new file"),
    (["--golden=no/g.npz", "--modern=" + PORT, "--legacy=captured"], "expected a file in a folder"),
    (["--golden=g.npz", "--modern=no.py:build"], "expected a file, received none")])
def test_one_line_says_what_was_expected(arguments, said):
    with pytest.raises(command_line.UsageError) as error:
        verify.main(arguments)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_missing_or_foreign_golden_file_is_refused_before_anything_starts(monkeypatch):
    monkeypatch.setattr(against, "Recorders", None)
    for path in ("missing.npz", "README.md"):
        with pytest.raises(file.DamagedGolden, match="expected a golden file"):
            verify.main(["--golden=" + path, "--modern=" + PORT])
        with pytest.raises(file.DamagedGolden):
            parity.verify(golden=path, modern=PORT)


def result(*verdicts):
    return findings.Result("port", [
        findings.Finding(6, "float64", "w", verdict) for verdict in verdicts], [], {}, {}, {})


@pytest.fixture(name="written")
def fixture_written(monkeypatch, tmp_path):
    """Function (verdict of the pair, verdict against the file) that gives (path, what was said)."""
    def write(first, second):
        (tmp_path / "kept").mkdir()
        path, lines = str(tmp_path / "kept" / "golden.npz"), []
        monkeypatch.setattr(verification, "verified", lambda *unused: (result(first), None))
        monkeypatch.setattr(against, "verify", lambda *unused: result(second))
        monkeypatch.setattr(recording, "Recording", _Recorders)
        monkeypatch.setattr(writing, "content", lambda *unused: ({"of": "nothing"}, {}))
        monkeypatch.setattr(api, "Recorders", _Recorders)
        api.with_golden(path, PairConfig("captured", PORT), str(tmp_path), lines.append)
        return path, lines
    return write


class _Recorders(contextlib.nullcontext):
    reference = None

    def __init__(self, *unused):
        super().__init__(self)


def test_of_a_pair_that_is_not_equal_nothing_is_written_and_it_is_said(written):
    path, lines = written(differences.DIFFERENT, differences.IDENTICAL)
    assert not os.path.exists(path)
    assert lines == [f"{path} is not written: the pair is different"]


def test_a_file_against_which_its_own_port_is_another_is_not_kept(written, monkeypatch, tmp_path):
    monkeypatch.setattr(file, "read", lambda path: None)
    with pytest.raises(command_line.UsageError) as error:
        written(differences.IDENTICAL, differences.DIFFERENT)
    assert "received different at rung 6, w; --batches gives it" in str(error.value)
    assert not os.listdir(tmp_path / "kept")


def test_else_it_is_kept_and_its_size_is_said(written, monkeypatch):
    monkeypatch.setattr(file, "read", lambda path: None)
    path, lines = written(differences.CONSTANTS, differences.ROUNDING)
    assert lines[-1] == f"{path} is written: {os.path.getsize(path):,} bytes"
