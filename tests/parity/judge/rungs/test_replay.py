"""Rung 0: what the replay gave where it was compared with the capture."""

import pytest

from parity.judge import differences
from parity.judge.rungs import replay


@pytest.mark.parametrize("said,verdict", [
    ("identical", differences.IDENTICAL), ("rounding", differences.ROUNDING),
    ("race", differences.INCONCLUSIVE), ("different", differences.INCONCLUSIVE)])
def test_a_replay_that_is_not_what_was_captured_proves_nothing(said, verdict):
    finding, = replay.found({"float32": {"verdict": said, "tensor": "y:0", "call": 2,
                                         "error": 0.5, "unordered": []}}, forward=True)
    assert (finding.rung, finding.verdict, finding.relative) == (0, verdict, 0.5)
    assert finding.note == f"call 2, replayed: {said}"


@pytest.mark.parametrize("said,dtypes", [
    ("identical", ["float32"]), ("rounding", ["float32"]), ("race", ["float32", "float64"])])
def test_of_a_program_that_trains_float64_counts_only_where_it_is_no_rounding(said, dtypes):
    worst = {"verdict": said, "tensor": "w", "call": 1, "error": 1e-3, "unordered": []}
    found = replay.found({"float32": worst, "float64": worst}, forward=False)
    assert [finding.dtype for finding in found] == dtypes


@pytest.mark.parametrize("shape,large", [([4000, 2500], False), ([4000, 2501], True)])
def test_more_than_ten_million_numbers_are_not_replayed(shape, large):
    described = {"variables": [{"shape": shape}, {"shape": None}, {"shape": [None, 3]}]}
    assert replay.is_large(described) == large
    finding, = replay.not_run(["float32"])
    assert (finding.rung, finding.verdict) == (0, differences.NOT_RUN)


def test_a_variable_of_which_not_every_order_was_tried_is_inconclusive_though_the_replay_agrees():
    worst = {"verdict": "identical", "tensor": "w", "call": 1, "error": 0.0, "unordered": ["b"]}
    *unordered, other = replay.found({"float32": worst}, forward=False)
    assert [(each.tensor, each.dtype, each.verdict) for each in unordered] == [
        ("b", dtype, differences.INCONCLUSIVE) for dtype in ("float32", "float64")]
    assert unordered[0].note == (
        "the reference writes it in no order, and not every order was tried")
    assert (other.tensor, other.verdict) == ("w", differences.IDENTICAL)


_READ = "what a call reads and writes in no order is read first"
_WRITTEN = ("what a call writes twice in no order is written one after the other, in the order "
            "that fits the port best")


@pytest.mark.parametrize("read, written, error, note", [
    (["a", "b", "c", "d", "e"], [], 0.0,
     f"{_READ}: a, b, c, d and 1 more; as where it was captured"),
    ([], ["a"], None, f"{_WRITTEN}: a"),
    (["a"], ["b"], 0.52, f"{_READ}: a; {_WRITTEN}: b; where it was captured, an update came out "
     "otherwise by 5.2e-01")])
def test_races_are_told_with_what_was_captured(read, written, error, note):
    races = {"read_first": read, "in_turn": written, "turns": 2}
    assert replay.is_raced(races)
    finding = replay.raced(races, error)
    assert (finding.rung, finding.verdict, finding.note) == (0, differences.NOT_RUN, note)


def test_without_races_nothing_is_told():
    assert not replay.is_raced({"read_first": [], "in_turn": [], "turns": 1})
    assert not replay.is_raced({})  # a golden file of an earlier version
