"""Outputs of layers, each beside the port's nearest."""

import numpy as np
import pytest

from parity.judge.rungs import forward
from parity.judge.sides import Sides

X = np.random.RandomState(0).standard_normal((5, 4, 3))


def compared(expected, value):
    sides = Sides({"output/0/0/rnn": expected}, {"output/0/lstm": value}, None, [], [0], {})
    return list(forward.compared(sides))


@pytest.mark.parametrize("expected", [X, X[:4]])
def test_a_sequence_with_time_first_is_compared_with_one_with_the_batch_first(expected):
    row, = compared(expected, np.swapaxes(expected, 0, 1))
    assert row.difference.identical and row.note == "lstm"


def test_entries_that_differ_are_told_in_the_references_order():
    value = np.swapaxes(X, 0, 1).copy()
    value[2, 1, 0] += 1.0
    row, = compared(X, value)
    furthest = row.numbers.entries[0]
    assert furthest.place == (1, 2, 0)
    assert furthest.port == pytest.approx(furthest.reference + 1.0)


@pytest.mark.parametrize("expected, value", [
    (X[:, :, 0], X[:, :, 0].T), (X[..., None], np.swapaxes(X, 0, 1)[..., None])])
def test_of_arrays_that_are_no_sequences_other_orders_are_others(expected, value):
    row, = compared(expected, value)
    assert row.difference.relative > 0.1
