"""Bounds that never act are named, and count for nothing."""

import pytest

from parity.judge import differences
from parity.judge import unexercised


def test_both_sides_are_said_the_references_first():
    found = list(unexercised.found({"port": ["clipnorm"], "reference": ["a", "b"]}, "float64"))
    assert [(each.rung, each.dtype, each.tensor, each.verdict, each.note) for each in found] == [
        (8, "float64", f"bounds of the {side}", differences.NOT_RUN,
         f"not exercised in the compared steps: {names}")
        for side, names in (("reference", "a, b"), ("port", "clipnorm"))]


@pytest.mark.parametrize("count,shown", [
    (4, "a, b, c, d"), (5, "a, b, c, d and 1 more"), (6, "a, b, c, d and 2 more")])
def test_of_many_four_are_named(count, shown):
    finding, = unexercised.found({"reference": list("abcdef"[:count])}, "float32")
    assert finding.note == f"not exercised in the compared steps: {shown}"


def test_a_bound_that_always_acts_hides_what_is_behind_it():
    bounds = [{"operation": "Maximum", "line": ["vae.py:76"], "always": True},
              {"operation": "cap", "line": [], "always": False}]
    assert unexercised.lines(bounds) == [
        "Maximum vae.py:76, always at its bound: what is behind it was not compared", "cap"]


def test_where_all_act_nothing_is_said():
    assert list(unexercised.found({"reference": [], "port": []}, "float32")) == []
