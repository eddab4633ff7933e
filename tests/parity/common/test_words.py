"""Lists of names in reports and messages."""

import pytest

from parity.common import words


@pytest.mark.parametrize("names,expected", [
    ([], ""), (["a"], "a"), (["a", "b"], "a, b"), (["a", "b", "c"], "a, b and 1 more"),
    (["a", "b", "c", "d"], "a, b and 2 more")])
def test_the_first_names_are_shown_and_the_others_counted(names, expected):
    assert words.some(names, 2) == expected
