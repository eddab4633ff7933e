"""Which tensor of a port comes nearest to one of the reference."""

import numpy as np
import pytest

from parity.judge.nearest import nearest

RANDOM = np.random.RandomState(0)


@pytest.mark.parametrize("size", [6, 6000])
@pytest.mark.parametrize("others", [1, 40])
def test_the_nearest_of_few_and_of_many_small_and_large(size, others):
    expected = RANDOM.standard_normal((2, size // 2)).astype(np.float32)
    ours = {f"layer_{number}": RANDOM.standard_normal(size).astype(np.float32)
            for number in range(others)}
    ours["the same"] = (expected * np.float32(1 + 1e-6)).reshape(size // 2, 2)
    ours.update({f"more_{number}": np.float32(ours[f"layer_{number}"] + 1)
                 for number in range(others)})
    difference, place = nearest(expected, ours)
    assert place == "the same" and difference.relative == pytest.approx(1e-6, rel=0.2)


def test_what_is_no_number_is_the_furthest():
    expected = RANDOM.standard_normal(5000)
    ours = {f"no number {number}": expected * np.nan for number in range(9)}
    ours["far"] = expected + 100
    assert nearest(expected, ours).place == "far"


def test_another_size_or_kind_is_no_partner_but_whole_numbers_of_another_size_are():
    assert nearest(np.zeros(3), {"size": np.zeros(4), "kind": np.zeros(3, np.float32)}) is None
    for kind in (np.int32, np.uint8, np.uint64):
        found, place = nearest(np.arange(3), {"argmax": np.arange(3, dtype=kind)})
        assert place == "argmax" and found.identical
