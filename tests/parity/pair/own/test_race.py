"""A program with a race is no reference that a port could be the same as."""

import os

from parity.cases import CASES
from parity.judge import differences
from parity.judge import findings

STEPS = 2
_CASE = CASES["dense_gan-corrected"]
_RACY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "racy.py")


def test_a_race_is_no_success_and_names_the_variable(verified):
    case = _CASE._replace(legacy=(_RACY, *_CASE.legacy[2:]))  # in the place of -m legacy.train
    result = verified(case)
    unordered = {(finding.tensor, finding.dtype) for finding in result.findings
                 if finding.rung == 0 and finding.verdict == differences.INCONCLUSIVE}
    assert unordered == {("discriminator/hidden/bias", dtype) for dtype in ("float32", "float64")}
    # The port makes neither assignment.
    assert result.first_difference.tensor == "discriminator/hidden/bias"
    assert findings.exit_status([result]) == 1
