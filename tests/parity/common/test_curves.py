"""Curves of a run from the start."""

import numpy as np

from parity.common.curves import Curves


def test_curves_hold_the_losses_of_each_step_and_some_entries_of_each_weight():
    curves = Curves()
    for step in range(3):
        curves.add({0: {"d": np.float32(step)}, 1: {"g": step + 0.5}},
                   {"w": np.arange(45.0).reshape(9, 5) + step, "b": np.array([1.0, 2.0]) * step})
    held = curves.arrays()
    assert sorted(held) == ["entries/b", "entries/w", "losses/0/d", "losses/1/g"]
    assert held["losses/0/d"].tolist() == [0, 1, 2] and held["losses/0/d"].dtype == np.float32
    assert held["losses/1/g"].tolist() == [0.5, 1.5, 2.5]
    assert held["entries/b"].tolist() == [[0, 0], [1, 2], [2, 4]]
    assert held["entries/w"].shape == (3, 16)
    first = held["entries/w"][0]
    assert (first[0], first[1], first[-1]) == (0, 2, 44) and len(set(first)) == 16
    assert held["entries/w"][2].tolist() == [value + 2 for value in first]


def test_a_run_without_steps_has_no_curves():
    assert Curves().arrays() == {}
