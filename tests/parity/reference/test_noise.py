"""Nudges by one unit in the last place."""

import numpy as np

from parity.reference.noise import Nudge


def test_floats_move_by_at_most_one_unit_in_the_last_place():
    value = np.random.RandomState(0).standard_normal(3000).astype(np.float32)
    moved = Nudge(1)(value)
    assert moved.dtype == np.float32
    steps = (moved.view(np.int32).astype(np.int64) - value.view(np.int32)) / 1.0
    assert np.abs(steps).max() <= 2  # just above a power of two, epsilon is two units below it
    assert 0.5 < np.mean(moved != value) < 0.8


def test_another_seed_moves_others_and_whole_numbers_stay():
    value = np.ones(100, np.float64)
    assert (Nudge(1)(value) != Nudge(2)(value)).any()
    assert (Nudge(1)(value) == Nudge(1)(value)).all()
    numbers = np.arange(5)
    assert Nudge(1)(numbers) is numbers
    assert (value == 1.0).all()
