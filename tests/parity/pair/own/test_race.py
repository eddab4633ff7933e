"""A program with a race is no reference that a port could be the same as."""

import os

from parity import findings
from parity.cases import CASES

STEPS = 2
_CASE = CASES["bgd_gan-corrected-simultaneous"]
_RACY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "racy.py")


def test_a_race_is_no_success_and_names_the_variable(verified):
    case = _CASE._replace(legacy=(_RACY, *_CASE.legacy[2:]))  # in the place of -m legacy.train
    result = verified(case)
    assert result.first_difference.tensor == "discriminator/hidden1/bias"
    assert result.first_difference.rung == 6
    assert findings.exit_status([result]) in (1, 3)
