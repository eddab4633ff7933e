"""Moves: the factor that two have, and what no factor makes."""

import numpy as np
import pytest

from parity.common import moves

BEFORE, MOVE = np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([[3.0, 0.0], [0.0, 4.0]])
ACROSS = np.array([[0.0, 1.0], [0.0, 0.0]])


@pytest.mark.parametrize("factor, across", [(0.0, 0.0), (0.25, 0.0), (-0.5, 0.0), (0.25, 0.5)])
def test_a_difference_is_a_factor_and_a_rest(factor, across):
    found = moves.factor_and_rest(BEFORE + (1 + factor) * MOVE + across * ACROSS, BEFORE + MOVE,
                                  BEFORE)
    assert found == (pytest.approx(factor), pytest.approx(across / 5))


@pytest.mark.parametrize("value, expected", [
    (BEFORE + MOVE, BEFORE), (BEFORE, BEFORE), (BEFORE + np.nan, BEFORE + MOVE),
    (BEFORE + MOVE, BEFORE + np.inf)])
def test_without_a_finite_move_there_is_no_factor(value, expected):
    assert moves.factor_and_rest(value, expected, BEFORE) == (0.0, np.inf)
