"""The table of this project's own pairs: each has its time, in proportion to its steps."""

import pytest

from parity import cases
from parity.pair import progress


def test_each_case_has_its_time():
    assert len(cases.CASES) == 33
    assert all(4 <= case.seconds <= 100 for case in cases.CASES.values())
    on_two = cases.START + sum(case.seconds for case in cases.CASES.values()) / 2
    assert progress.about(on_two) == "about 5 minutes"


@pytest.mark.parametrize("steps, seconds", [(20, 70.0), (10, 37.0), (40, 136.0)])
def test_other_steps_take_their_part_of_the_time(steps, seconds):
    case = cases.CASES["wgan"]._replace(seconds=70.0, steps=20).of_steps(steps)
    assert (case.steps, case.seconds) == (steps, seconds)
