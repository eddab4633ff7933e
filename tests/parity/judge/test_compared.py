"""A row of which the reference itself is no number says so, with the step."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import furthest
from parity.judge.compared import Compared
from parity.judge.differences import Difference

ROW = Compared(6, "w", 7, Difference(False, 0.5), note="a note")


@pytest.mark.parametrize("value,kind", [
    ([1.0, np.nan], "no number"), ([np.inf, np.nan], "no number"), ([1.0, -np.inf], "infinite"),
    ([complex(np.inf, 0)], "infinite")])
def test_what_is_not_finite_in_the_reference_is_inconclusive_at_best(value, kind):
    row = ROW.of(np.array(value), np.zeros(0))
    assert (row.at_best, row.note) == (
        differences.INCONCLUSIVE, f"the reference itself is {kind} here, in step 7")
    assert row.difference == ROW.difference


@pytest.mark.parametrize("value", [[1.0, 2.0], [1j], [7], [True], []])
def test_what_is_finite_or_no_float_stays_as_it_is(value):
    row = ROW._replace(difference=Difference(True, 0.0))
    assert row.of(np.array(value), np.array(value)) is row


def test_what_is_apart_has_numbers_of_both():
    row = ROW.of(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    assert row.numbers.entries == (furthest.Entry((1,), 2.0, 4.0),)
    assert row._replace(numbers=None) == ROW
    moves = ROW.of(np.array([1.0, 2.0]), np.array([1.0, 4.0]), np.array([1.0, 1.5]))
    assert moves.numbers.entries == (furthest.Entry((1,), 0.5, 2.5),)
