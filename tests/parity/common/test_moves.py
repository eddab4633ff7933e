"""Moves: what of a difference no factor makes."""

import numpy as np
import pytest

from parity.common import moves

BEFORE, MOVE = np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([[3.0, 0.0], [0.0, 4.0]])
ACROSS = np.array([[0.0, 1.0], [0.0, 0.0]])


@pytest.mark.parametrize("factor, across", [(0.0, 0.0), (0.25, 0.0), (-0.5, 0.0), (0.25, 0.5)])
def test_a_rest_is_what_no_factor_of_the_move_makes(factor, across):
    found = moves.residual(BEFORE + (1 + factor) * MOVE + across * ACROSS, BEFORE + MOVE, BEFORE)
    assert found == pytest.approx(across / 5, abs=1e-15)


@pytest.mark.parametrize("value, expected", [
    (BEFORE + MOVE, BEFORE), (BEFORE, BEFORE), (BEFORE + np.nan, BEFORE + MOVE),
    (BEFORE + MOVE, BEFORE + np.inf)])
def test_without_a_finite_move_everything_is_rest(value, expected):
    assert moves.residual(value, expected, BEFORE) == np.inf
