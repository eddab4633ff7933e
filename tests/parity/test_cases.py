"""The table of this project's own pairs: each has its time, in proportion to its steps."""

import pytest

from groundwork import models
from parity import cases


def test_each_model_has_a_case():
    assert {case.model for case in cases.CASES.values()} == set(models.MODELS)


def test_each_case_has_its_time_and_all_together_less_than_ten_minutes_on_two_cores():
    assert all(4 <= case.seconds <= 100 for case in cases.CASES.values())
    assert cases.START + sum(case.seconds for case in cases.CASES.values()) / 2 < 600


@pytest.mark.parametrize("steps, seconds", [(20, 70.0), (10, 37.0), (40, 136.0)])
def test_other_steps_take_their_part_of_the_time(steps, seconds):
    case = cases.CASES["wgan"]._replace(seconds=70.0, steps=20).of_steps(steps)
    assert (case.steps, case.seconds) == (steps, seconds)
