"""Verdicts of rungs and pairs, where a port departs first, and exit statuses."""

import pytest

from parity.common import rungs
from parity.judge import findings
from parity.judge.findings import exit_status, Finding


def result(*found):
    return findings.Result("case", list(found), "", {}, {}, {})


def finding(verdict, rung=6, dtype="float32", tensor="g/kernel"):
    return Finding(rung, dtype, tensor, verdict)


def test_verdict_is_the_worst_of_all():
    assert result(finding("identical"), finding("not run"), finding("rounding")).verdict == (
        "rounding")
    assert result().verdict == "not run"


def test_rung_is_judged_in_one_precision():
    pair = result(finding("identical", 3), finding("rounding", 3), finding("different", 3,
                  "float64"), finding("constants", 4))
    assert pair.rung(3, "float32") == "rounding"
    assert pair.rung(3, "float64") == "different"
    assert pair.rung(4, "float32") == "constants"
    assert pair.rung(4, "float64") == "not run"


def test_first_difference_is_the_first_that_differs():
    first, second = finding("different", 5), finding("different", 6)
    assert result(finding("identical", 3), first, second).first_difference is first


@pytest.mark.parametrize("weaker, stronger", [
    ("constants", "different"), ("constants", "inconclusive"), ("inconclusive", "different")])
def test_first_difference_prefers_the_worse_verdict(weaker, stronger):
    expected = finding(stronger, 8)
    assert result(finding(weaker, 3), expected).first_difference is expected


@pytest.mark.parametrize("verdict", ["identical", "rounding", "not run"])
def test_equal_pair_departs_nowhere(verdict):
    assert result(finding(verdict)).first_difference is None


@pytest.mark.parametrize("verdicts, status, required", [
    (["identical"], 0, 0), (["identical", "not run"], 0, 0),
    (["rounding"], 0, 1), (["constants"], 0, 1), (["identical", "rounding"], 0, 1),
    (["different"], 1, 1), (["inconclusive"], 3, 3),
    (["inconclusive", "different"], 1, 1), (["inconclusive", "constants"], 3, 3)])
@pytest.mark.parametrize("together", [True, False])
def test_exit_status(verdicts, status, required, together):
    found = [finding(verdict) for verdict in verdicts]
    results = [result(*found)] if together else [result(one) for one in found]
    assert exit_status(results) == status
    assert exit_status(results, require_identical=True) == required


def test_other_structure_has_its_own_exit_status():
    other = result(finding("different", rung=1), finding("not run", rung=3))
    assert exit_status([other]) == 2
    assert exit_status([result(finding("different")), other]) == 2
    assert exit_status([result(finding("inconclusive")), other]) == 2


def test_slot_without_partner_alone_is_no_other_structure():
    assert exit_status([result(finding("not run", rung=1), finding("identical"))]) == 0


def test_what_was_not_compared_is_not_the_same():
    assert exit_status([]) == 1
    assert exit_status([result(finding("not run"))]) == 1


def test_every_rung_of_the_ladder_has_a_name():
    assert list(rungs.NAMES) == list(range(10))


def test_the_replay_is_shown_where_there_is_one():
    assert result(finding("identical")).rungs == list(range(1, 10))
    assert result(finding("identical", rung=0)).rungs == list(range(10))
