"""Ports against golden files: right ones come through, wrong ones are caught where they go wrong.

No recorder of a reference runs: the fixture's `against` allows none.
"""

import os

import numpy as np
import pytest

from parity import command_line
from parity import compare
from parity.golden import file
from parity.judge import differences
from parity.judge import findings
from tests.parity.pair.test_correct_ports import FAULTS

# Slots that hold the rate. What is cut and ordered, as an LSTM, is tried by the whole suite. Beside
# them, of another program.
QUICK = ("training.momentum_on_a_schedule",)
OTHER = "layers.transposed_convolution"
# Of a step that is not among those of a golden file the rate alone is compared.
BY_RATE = {"training.piecewise_constant"}
PROVED = (differences.IDENTICAL, differences.ROUNDING, differences.CONSTANTS)


class Goldens:
    """Golden files of the correct ports, each written once."""

    def __init__(self, ports, folder):
        self.ports = ports
        self._folder, self._written = folder, {}

    def of(self, pair):
        """(path of the golden file, the `Result` of the full verification)."""
        if pair not in self._written:
            path = str(self._folder / f"{pair}.npz")
            self._written[pair] = path, self.ports.verifications.write_golden(
                path, *self.ports.sides(pair))
        return self._written[pair]

    def against(self, pair, modern=None, of=None, **asked):
        """The `Result` of a pair's port, against the pair's golden file, or that of another."""
        return self.ports.verifications.against(
            self.of(of or pair)[0], self.ports.sides(pair, port=modern)[1], **asked)


@pytest.fixture(scope="module")
def goldens(ports, tmp_path_factory):
    return Goldens(ports, tmp_path_factory.mktemp("goldens"))


def _cases():
    for pair in sorted(FAULTS):
        yield pytest.param(pair, marks=() if pair in QUICK else pytest.mark.slow)


@pytest.mark.parametrize("pair", _cases())
def test_a_correct_port_comes_through_against_a_few_kilobytes(goldens, pair):
    path, full = goldens.of(pair)
    assert os.path.getsize(path) < 15_000
    found = goldens.against(pair)
    assert findings.exit_status([found]) == 0, found.first_difference
    for dtype in ("float32", "float64"):
        for rung in (1, 3, 5, 6, 8):
            assert (found.rung(rung, dtype) in PROVED) == (full.rung(rung, dtype) in PROVED)
        # What is not compared is never called the same.
        for rung in (0, 2, 9):
            assert found.rung(rung, dtype) == differences.NOT_RUN


@pytest.mark.parametrize("pair", _cases())
def test_a_fault_is_found_at_the_same_rung(goldens, pair):
    right, wrong, rung, tensor = FAULTS[pair]
    found = goldens.against(pair, modern=(right, wrong))
    assert findings.exit_status([found]) == (2 if rung == 1 else 1)
    first = found.first_difference
    assert (first.rung, first.verdict) == (rung, differences.DIFFERENT), first
    assert ("rate of optimiser 1" if pair in BY_RATE else tensor) in first.tensor


def test_the_pass_without_training_is_compared_too(goldens):
    found = goldens.against(QUICK[0])
    assert [(row.dtype, row.verdict) for row in found.findings
            if row.tensor == "out, not training"] == [("float64", differences.IDENTICAL)]
    twice = ('keras.layers.Dense(2, name="out", **options)', 'type("Twice", (keras.layers.Dense,), '
             '{"call": lambda self, x, training=None: keras.layers.Dense.call(self, x) * '
             '(1.0 if training else 2.0)})(2, name="out", **options)')
    first = goldens.against(QUICK[0], modern=twice).first_difference
    assert (first.rung, first.tensor, first.verdict) == (
        3, "out, not training", differences.DIFFERENT)


def test_what_a_golden_file_cannot_prove_is_said(goldens):
    notes = {finding.note for finding in goldens.against(QUICK[0]).findings
             if finding.verdict == differences.NOT_RUN}
    assert any("the replay, initialisers, free runs and checkpoints" in note for note in notes)


def test_the_golden_file_of_another_program_is_refused(goldens):
    with pytest.raises(command_line.UsageError) as error:
        goldens.against(QUICK[0], of=OTHER)
    assert "expected a port such as" in str(error.value) and "\n" not in str(error.value)


def test_batches_are_none_of_a_golden_file_that_was_written_without(goldens, tmp_path):
    np.savez(tmp_path / "batches.npz", x=np.zeros((2, 4, 3)))
    with pytest.raises(command_line.UsageError, match="expected no --batches beside it"):
        goldens.against(QUICK[0], batches=str(tmp_path / "batches.npz"))


def test_with_batches_of_ones_own_the_same_have_to_be_given_again(goldens, tmp_path):
    random, path = np.random.RandomState(0), str(tmp_path / "golden.npz")
    given = {"x": random.standard_normal((2, 8, 6)), "labels": random.standard_normal((2, 8, 2))}
    for name, change in (("right", 0), ("wrong", 1e-3)):
        np.savez(tmp_path / name, **{key: value + change for key, value in given.items()})
    program, port = goldens.ports.sides(QUICK[0])
    batches = str(tmp_path / "right.npz")
    goldens.ports.verifications.write_golden(path, program, port, batches=batches)
    found = goldens.ports.verifications.against(path, port, batches=batches)
    assert findings.exit_status([found]) == 0
    with pytest.raises(command_line.UsageError, match="expected --batches beside it"):
        goldens.ports.verifications.against(path, port)
    with pytest.raises(command_line.UsageError, match="expected the numbers that"):
        goldens.ports.verifications.against(path, port, batches=str(tmp_path / "wrong.npz"))


def test_kept_traces_are_compared_with_the_golden_file(goldens, tmp_path, capsys):
    pair = QUICK[0]
    path, _ = goldens.of(pair)
    found = goldens.against(pair, traces=str(tmp_path / "right"), name="right")
    assert compare.main([path, str(tmp_path / "right" / "right")]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"right: {found.verdict}") and "golden file: it holds no capture" in out
    right, wrong, rung, tensor = FAULTS[pair]
    goldens.against(pair, modern=(right, wrong), traces=str(tmp_path / "wrong"), name="wrong")
    assert compare.main([path, str(tmp_path / "wrong" / "wrong")]) == 1
    out = capsys.readouterr().out
    assert f"first: rung {rung} (training), " in out and tensor in out


def test_traces_that_started_from_something_else_are_refused(goldens, tmp_path):
    goldens.against(QUICK[0], traces=str(tmp_path), name="port")
    other, _ = goldens.of(OTHER)
    with pytest.raises(command_line.UsageError, match="that was verified against this file"):
        compare.main([other, str(tmp_path / "port")])
    with pytest.raises(command_line.UsageError, match="expected a port's folder of traces"):
        compare.main([other])


def test_what_is_held_in_another_layout_is_inconclusive(goldens, monkeypatch):
    path, _ = goldens.of("sequences.lstm")
    golden = file.read(path)
    names = golden.header["names"]
    kernel = next(name for name in names["float32"] if name.endswith("gates in the order i, f, j, "
                                                                     "o)"))
    monkeypatch.setattr(file, "read", lambda path: golden)
    for each in names.values():
        each[:] = [name.replace(kernel.split("/", 2)[2], "another layout") for name in each]
    found = goldens.against("sequences.lstm")
    assert findings.exit_status([found]) == 3
    assert "in another layout" in found.first_difference.note
