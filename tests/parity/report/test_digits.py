"""Numbers of both sides in as many digits as tell them apart."""

import math

import pytest

from parity.judge.furthest import Entry
from parity.report import digits


@pytest.mark.parametrize("reference, port, shown, ratio", [
    (1.5, -3.0, ["1.5", "-3"], "-2"), (0.1, 0.30000000001, ["0.1", "0.3"], "3"),
    (3.0, 3.0000000003, ["3", "3.0000000003"], "1 + 1.0e-10"),
    (1.0, 1.0 - 2.0 ** -40, ["1", "0.99999999999909051"], "1 - 9.1e-13"),
    (0.0, 1e-9, ["0", "1e-09"], ""), (2.0, None, ["2", "no number"], ""),
    (None, 2.0, ["no number", "2"], ""), (1.0, math.inf, ["1", "inf"], "inf")])
def test_both_numbers_and_their_ratio(reference, port, shown, ratio):
    entry = Entry((0,), reference, port)
    assert (digits.both(entry), digits.ratio(entry)) == (shown, ratio)
