"""Orders of joined tensors: all others of a few tensors, the reverse of many."""

import pytest

from parity.causes import joins


@pytest.mark.parametrize("count, expected", [
    (1, []), (2, [(1, 0)]), (3, [(0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]),
    (4, [(3, 2, 1, 0)])])
def test_orders_are_others_than_the_present_one(count, expected):
    assert joins._orders(count) == expected
