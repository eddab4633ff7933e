"""Outputs of layers, each beside the port's nearest."""

import numpy as np
import pytest

from parity.common import rungs
from parity.judge import differences
from parity.judge.compared import Compared, Judged
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


def _judged(*verdicts):
    """`[Judged]` of the layers a, b, c, ... of one phase."""
    apart = differences.Difference(False, 0.7)
    return [Judged(Compared(rungs.FORWARD, name, 0, apart), "float64", verdict)
            for name, verdict in zip("abc", verdicts)]


@pytest.mark.parametrize("verdicts, left", [
    (("identical", "different", "identical"), "ac"),  # nothing came of b, which has no partner
    (("identical", "different", "different"), "abc"),
    (("identical", "different", "inconclusive"), "abc"),  # nothing is known of what came of it
    (("different", "identical", "different"), "abc")])
def test_a_layer_of_which_nothing_comes_is_no_difference(verdicts, left):
    judged = _judged(*verdicts)
    assert "".join(each.row.tensor for each in forward.cleared(judged, False)) == left
    assert all(each.verdict != "different" for each in forward.cleared(judged, True))


def test_another_phase_tells_nothing_of_a_layer():
    first, second = _judged("different", "identical")
    second = second._replace(row=second.row._replace(phase=1))
    assert forward.cleared([first, second], False) == [first, second]
