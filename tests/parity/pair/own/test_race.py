"""A race of the program hides no difference: the port is held against every order of it."""

import os

from parity.cases import CASES
from parity.judge import findings

STEPS = 2
_CASE = CASES["dense_gan-corrected"]
_RACY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "racy.py")


def test_a_port_without_racing_assignments_is_different_and_the_race_is_told(verified):
    case = _CASE._replace(legacy=(_RACY, *_CASE.legacy[2:]))  # in the place of -m legacy.train
    result = verified(case)
    told, = [finding.note for finding in result.findings
             if finding.tensor == "races of the reference"]
    assert "written one after the other" in told and "discriminator/hidden/bias" in told
    # The port makes neither assignment.
    assert result.first_difference.tensor == "discriminator/hidden/bias"
    assert findings.exit_status([result]) == 1
