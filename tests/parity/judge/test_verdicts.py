"""Verdicts on a float32 row of which float64 says nothing."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import verdicts
from parity.judge.compared import Compared, NoiseFloor
from parity.judge.differences import Difference

FLOOR = NoiseFloor(rounding=1e-6)  # 64 times of it are rounding


def rows(tensor, *relatives, within_ulp=False):
    """`Compared` of a tensor after each of some steps, the first at rung 6, the others at 8."""
    return [Compared(8 if step else 6, tensor, step, Difference(not relative, relative, within_ulp),
                     FLOOR) for step, relative in enumerate(relatives)]


def judged(found, wide=differences.IDENTICAL):
    """`{tensor: verdict after each step}`."""
    above, said = verdicts.above_after_every_step(found), {}
    for row in found:
        said.setdefault(row.tensor, []).append(verdicts.float32_verdict(row, wide, 0.0, above))
    return said


@pytest.mark.parametrize("relative, rounding, expected", [
    (1e-2, 0.0, differences.ROUNDING), (1.001e-2, 0.0, differences.DIFFERENT),
    (3.7e-2, 6e-4, differences.ROUNDING),  # many batch norms of a few numbers
    (3.9e-2, 6e-4, differences.DIFFERENT),
    (np.inf, 1.0, differences.DIFFERENT), (np.inf, np.inf, differences.DIFFERENT),
    (1.0, np.nan, differences.DIFFERENT)])
@pytest.mark.parametrize("rung", [3, 4, 5])
def test_a_gradient_is_held_to_its_measured_rounding(rung, relative, rounding, expected):
    row = Compared(rung, "w", 0, Difference(False, relative), NoiseFloor(rounding))
    assert verdicts.float32_verdict(row, differences.ROUNDING, 0.0, set()) == expected


def test_what_is_no_number_is_above_every_floor():
    row = Compared(6, "w", 0, Difference(False, np.inf), NoiseFloor(np.inf))
    assert verdicts.alone(row) == differences.DIFFERENT
    assert verdicts.above_after_every_step([row]) == {"w"}


def test_only_what_is_above_its_floor_after_every_step_is_above():
    found = (rows("a fault", 2e-3, 1e-4, 1e-4) + rows("a kink", 1e-6, 1e-2, 2e-6)
             + rows("at its floor", 6.4e-5) + rows("equal", 0.0)
             + rows("an ulp", 1e-3, within_ulp=True) + rows("one step", 1e-4))
    assert verdicts.above_after_every_step(found) == {"a fault", "one step"}
    assert verdicts.above_after_every_step([
        row._replace(rung=5) for row in rows("a gradient", 1.0)]) == set()


def test_a_kink_is_rounding_and_a_fault_is_different_after_every_step():
    said = judged(rows("a fault", 2e-3, 1e-4) + rows("a kink", 1e-6, 1e-2))
    assert said == {"a fault": ["different", "different"], "a kink": ["rounding", "rounding"]}


def test_a_kink_excuses_nothing_that_is_no_number():
    said = judged(rows("w", 1e-6, np.inf))
    assert said == {"w": ["rounding", "different"]}


@pytest.mark.parametrize("wide", [differences.DIFFERENT, differences.CONSTANTS])
def test_what_float64_finds_no_kink_excuses(wide):
    assert judged(rows("w", 1e-6, 1e-2), wide) == {"w": [wide, wide]}
