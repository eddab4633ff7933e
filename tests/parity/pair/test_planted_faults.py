"""No planted fault passes for a right port; what no compared step reaches is said."""

import pytest

from parity.judge import findings
from tests.parity.pair import planted
from tests.parity.pair import planted_formulas
from tests.parity.pair import verifications

EXERCISED = (planted_formulas.LAYERS + planted_formulas.SEQUENCES + planted_formulas.LOSSES
             + planted_formulas.TRAINING + planted.UNLIKE_THEMSELVES)
# By every test run; the others by the whole suite.
QUICK = {("activations.instance_norm", "epsilon=1.001e-5"), ("optimizers.adam", "epsilon=1.001e-8"),
         ("updates.polynomial_cycle", ""), ("updates.gradient_penalty", "** 2, 1) + 1e-12)")}


@pytest.fixture
def verified(ports, monkeypatch):
    """Function of a `Planted` that gives the `Result`; no cause is looked for."""
    verifications.search_no_causes(monkeypatch)
    return lambda fault: ports(fault.pair, modern=(fault.right, fault.wrong), legacy=fault.legacy)


def _cases(faults):
    return [pytest.param(fault, id=fault.name, marks=(
        () if (fault.pair, fault.wrong) in QUICK else pytest.mark.slow)) for fault in faults]


def test_there_are_enough_of_them():
    names = [fault.name for fault in EXERCISED + planted.UNEXERCISED]
    assert len(names) >= 120 and QUICK <= {
        (fault.pair, fault.wrong) for fault in EXERCISED}


@pytest.mark.parametrize("fault", _cases(EXERCISED))
def test_a_planted_fault_is_found(verified, fault):
    result = verified(fault)
    assert findings.exit_status([result]) == fault.status, result.first_difference


@pytest.mark.parametrize("fault", _cases(planted.UNEXERCISED))
def test_what_is_out_of_reach_is_said(verified, fault):
    assert planted.caught(fault, verified(fault))
