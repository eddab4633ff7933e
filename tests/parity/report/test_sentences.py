"""Verdicts in one sentence."""

import pytest

from parity.judge import differences
from parity.judge.findings import Finding
from parity.report import sentences
from tests.parity.report.results import DIFFERENT, EQUAL, result


@pytest.mark.parametrize("verdict, said", [
    ("identical", "The port is the same model, bit for bit."),
    ("rounding", "The port is the same model: what is apart is apart by rounding."),
    ("constants", "The port is the same model, but for constants that one of the two rounds to "
                  "float32."),
    ("not run", "Nothing was compared."),
    ("inconclusive", "Nothing certain can be said of the port; what is uncertain stands first at "
                     "rung 5 (gradients), in w."),
    ("different", "The port is another model: it departs first at rung 5 (gradients), in w.")])
def test_of_a_pair(verdict, said):
    assert sentences.of(result(Finding(5, "float32", "w", verdict))) == said
    assert sentences.of_all([result(Finding(5, "float32", "w", verdict))]) == said


def test_of_another_structure():
    assert sentences.of(result(Finding(1, "float32", "w", "different"))) == (
        "The port has another structure, first in w.")


def test_of_several():
    same = result(Finding(5, "float32", "w", "identical"))
    assert sentences.of_all([same, EQUAL, same]) == (
        "All 3 ports are the same models as their programs: 2 identical, 1 rounding.")
    assert sentences.of_all([same, DIFFERENT, result()]) == (
        "Of 3 ports: 1 not run, 1 identical, 1 different.")


def test_each_verdict_has_a_meaning():
    assert set(sentences.MEANINGS) == set(differences.ORDER)
