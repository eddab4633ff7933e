"""Sketches: as far apart as their arrays, the same where those are bit for bit the same."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import nearest
from parity.judge import sketch


def drawn(seed, *shape, dtype=np.float64):
    return np.random.RandomState(seed).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("size", [9, 100, 70_000])
def test_the_norm_of_a_sketch_is_that_of_its_array_up_to_a_factor(size):
    ratios = [np.linalg.norm(sketch.of(drawn(seed, size))) / np.linalg.norm(drawn(seed, size))
              for seed in range(200 if size < 1000 else 3)]
    assert 0.85 < np.mean(ratios) < 1.1 or size > 1000
    assert 0.2 < min(ratios) and max(ratios) < 2.2


def test_the_sketch_of_a_move_is_the_difference_of_two():
    before, move = drawn(0, 4, 25), 1e-3 * drawn(1, 4, 25)
    np.testing.assert_allclose(sketch.of(before + move) - sketch.of(before), sketch.of(move),
                               atol=1e-14)


def test_of_few_numbers_a_sketch_is_the_array():
    value = drawn(0, 2, 4)
    assert np.asarray(sketch.of(value)).tolist() == value.ravel().tolist()
    assert sketch.of(np.float32(2.5)).dtype == np.float32
    assert len(sketch.of(drawn(0, 9))) == 8 and len(sketch.of(drawn(0, 9, dtype=np.float32))) == 4
    assert len(sketch.of(drawn(0, 100), most=100)) == 100


def test_directions_are_the_same_on_each_machine():
    np.testing.assert_allclose(np.asarray(sketch.of(np.eye(9)[0]))[:2] / np.sqrt(3 / 8),
                               [0.6022019450951492, 0.7078729868952793], rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_unit_in_the_last_place_of_one_entry_is_not_the_same(dtype):
    value = drawn(0, 50, 30, dtype=dtype)
    other = value.copy()
    other[7, 7] = np.nextafter(other[7, 7], dtype(9))
    found = differences.measure(sketch.of(other), sketch.of(value))
    assert not found.identical and found.within_ulp and found.relative < np.finfo(dtype).eps
    assert differences.measure(sketch.of(value.copy()), sketch.of(value)) == (True, 0.0, False)


def test_what_is_computed_of_sketches_is_never_called_identical():
    value = sketch.of(drawn(0, 20))
    assert not differences.measure(value * 1.0, value).identical
    assert not differences.measure(value, np.asarray(value)).identical


def test_two_exchanged_entries_are_seen():
    value = drawn(0, 1000)
    for seed in range(50):
        one, other = np.random.RandomState(seed).choice(1000, 2, replace=False)
        swapped = value.copy()
        swapped[[one, other]] = swapped[[other, one]]
        exact = differences.measure(swapped, value).relative
        found = differences.measure(sketch.of(swapped), sketch.of(value)).relative
        assert exact / 5 < found < 3 * exact


def test_a_difference_is_a_part_of_the_norm_that_is_known():
    value, other = drawn(0, 100), drawn(1, 100)
    plain = sketch.of(value)
    known = sketch.made(np.asarray(plain), plain.digest, plain.numbers, moved=4.0)
    apart = np.linalg.norm(sketch.of(other) - plain)
    assert differences.measure(sketch.of(other), known).relative == pytest.approx(apart / 4)
    assert differences.measure(sketch.of(other), known, 0 * plain).relative == (
        pytest.approx(apart / 4))


def test_arrays_of_other_sizes_are_no_partners():
    value = drawn(0, 100)
    ours = {"larger": sketch.of(drawn(0, 101)), "another": sketch.of(drawn(1, 100)),
            "it": sketch.of(value.reshape(4, 25))}
    found, place = nearest.nearest(sketch.of(value), ours)
    assert place == "it" and found.identical
    assert nearest.nearest(sketch.of(value), {"larger": ours["larger"]}) is None
    assert differences.measure(ours["larger"], sketch.of(value)).relative == float("inf")


def test_whole_numbers_are_the_same_whatever_their_size():
    assert sketch.same(sketch.of(np.arange(30, dtype=np.int32)), sketch.of(np.arange(30)))
    assert not sketch.same(sketch.of(np.arange(30)), sketch.of(np.arange(30)[::-1]))


def test_what_is_not_finite_is_not_finite_in_a_sketch():
    for lost in (np.nan, np.inf):
        value = drawn(0, 100)
        value[3] = lost
        assert not np.isfinite(sketch.of(value)).any()
