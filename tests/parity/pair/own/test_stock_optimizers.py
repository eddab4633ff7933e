"""Keras's own optimisers: what they change, and that it is told from a fault."""

import pytest

from parity.cases import CASES
from tests.parity.pair import verifications

STEPS = 3
_FLAGS = {
    "sgd": {},
    "adam": {},
    "rmsprop": {},
    "momentum": {"schedule": "exponential", "decay_steps": 2, "decay_rate": 0.5},
}


@pytest.fixture(name="stock")
def fixture_stock(verified, monkeypatch):
    """Function (optimiser) that returns the `Result` of the dense GAN's port with Keras's own.

    No cause is looked for.
    """
    verifications.search_no_causes(monkeypatch)

    def result(optimizer):
        return verified(CASES["dense_gan-corrected"], "tests/parity/pair/own/faults.py:stock",
                        optimizer=optimizer, **_FLAGS[optimizer])
    return result


@pytest.mark.slow  # most pairs of test_correct_ports train by it
def test_gradient_descent_is_the_same_rule(stock):
    assert stock("sgd").verdict == "identical"


@pytest.mark.slow  # test_traces holds that of Adam, parity/golden/test_golden a slot with the rate
def test_adam_is_off_by_rounded_constants(stock):
    result = stock("adam")
    assert result.verdict == "constants"
    assert [result.rung(rung, "float64") for rung in range(1, 6)] == ["identical"] * 5


@pytest.mark.slow
def test_rmsprop_is_different_where_its_mean_of_squares_starts(stock):
    result = stock("rmsprop")
    first = result.first_difference
    assert (first.rung, first.verdict) == (7, "different")
    assert first.tensor == "generator/hidden/kernel@mean_square at the start"
    assert first.note == "the optimiser starts this at 0, the reference at 1"
    assert {finding.tensor.rpartition("@")[2] for finding in result.findings
            if finding.verdict == "different"} == {"mean_square at the start"}


@pytest.mark.slow
def test_momentum_under_a_schedule_is_different_because_its_slot_holds_the_rate(stock):
    result = stock("momentum")
    assert [result.rung(rung, "float64") for rung in range(1, 8)] == ["identical"] * 7
    assert result.rung(8, "float64") == "different"
    assert result.first_difference.rung == 8
