"""Blocks that follow each other again and again, found in lists of letters."""

import pytest

from parity.reference.reading import folding


@pytest.mark.parametrize("letters, blocks", [
    ("", []),
    ("ab", [(0, 1, 1), (1, 1, 1)]),
    ("aab", [(0, 1, 1), (1, 1, 1), (2, 1, 1)]),  # two alike are read as fast as "2 times"
    ("aaab", [(0, 1, 3), (3, 1, 1)]),
    ("ababc", [(0, 1, 1), (1, 1, 1), (2, 1, 1), (3, 1, 1), (4, 1, 1)]),
    ("xabababc", [(0, 1, 1), (1, 2, 3), (7, 1, 1)]),
    ("abcdabcd", [(0, 4, 2)]),
    ("aabaabaab", [(0, 3, 3)])])
def test_blocks_cover_a_list_and_fold_most_of_it(letters, blocks):
    assert list(folding.blocks(list(letters))) == blocks


def test_blocks_are_at_most_forty_long():
    assert list(folding.blocks(list(range(40)) * 2)) == [(0, 40, 2)]
    assert len(list(folding.blocks(list(range(41)) * 2))) == 82
