"""The entries of a tensor that are furthest apart."""

import numpy as np
import pytest

from parity.judge import furthest
from parity.judge import sketch
from parity.judge.furthest import Entry, Numbers


def test_the_furthest_entries_come_first_with_their_places():
    reference = np.arange(12.0).reshape(3, 4)
    port = reference.copy()
    port[2, 1] += 0.5
    port[0, 3] -= 4.0
    assert furthest.of(port, reference) == Numbers(
        (Entry((0, 3), 3.0, -1.0), Entry((2, 1), 9.0, 9.5)), apart=2, size=12, moved=False)


def test_of_many_entries_five_are_kept_and_equal_gaps_stand_in_order():
    found = furthest.of(np.arange(20) + np.float32(1), np.arange(20, dtype=np.float32))
    assert [entry.place for entry in found.entries] == sorted(
        entry.place for entry in found.entries)
    assert (len(found.entries), found.apart, found.size) == (5, 20, 20)


def test_moves_are_told_from_where_both_began():
    found = furthest.of(np.array([1.25, 2.0]), np.array([1.5, 2.0]), np.array([1.0, 2.0]))
    assert found == Numbers((Entry((0,), 0.5, 0.25),), 1, 2, moved=True)


def test_what_is_no_number_is_none_and_furthest_away():
    found = furthest.of(np.array([np.nan, 5.0, np.inf]), np.array([1.0, 2.0, np.inf]))
    assert found.entries == (
        Entry((0,), 1.0, None), Entry((1,), 2.0, 5.0))


@pytest.mark.parametrize("dtype", [np.float32, np.int64, bool])
def test_one_number_has_no_place(dtype):
    found = furthest.of(np.array(1, dtype), np.array(0, dtype))
    assert found == Numbers((Entry((), 0.0, 1.0),), 1, 1, False)


def test_the_same_numbers_in_another_shape_have_the_places_of_the_reference():
    found = furthest.of(np.array([0.0, 0.0, 3.0, 0.0]), np.zeros((2, 2)))
    assert found.entries == (Entry((1, 0), 0.0, 3.0),)


@pytest.mark.parametrize("port, reference", [
    (np.zeros(2), np.zeros(3)), (np.zeros(0), np.zeros(0)), (np.array(["a"]), np.array(["b"]))])
def test_what_cannot_be_compared_has_no_numbers(port, reference):
    assert furthest.of(port, reference) is None


def test_sketches_have_no_numbers():
    values = np.arange(100.0)
    assert furthest.of(sketch.of(values), sketch.of(values + 1)) is None
    assert furthest.of(values[:8], sketch.of(values)) is None


def test_equal_arrays_have_no_entries():
    value = np.array([1.0, np.nan, -np.inf])
    assert furthest.of(value, value.copy()) == Numbers((), 0, 3, False)
