"""Faults that porters make, each first found where it shows first; and what is no fault."""

import pytest

from parity.cases import CASES
from parity.judge import findings
from tests.parity.pair import verifications

STEPS = 2
_FAULTS = "tests/parity/pair/own/faults.py:"
# The smallest of the networks: a fault is as well planted there.
_JOINT, _ALTERNATING = CASES["dense_gan-corrected"], CASES["dense_gan-corrected-alternating"]
# {fault: (case, flags, first rung, tensor)}
_CAUGHT = {
    "initializer": (_JOINT, {"optimizer": "adam"}, 2, "discriminator/hidden/kernel"),
    "leaky_slope": (_JOINT, {"optimizer": "adam"}, 3, "generator/hidden"),
    # G's layers in D's phase, which is given G's noise.
    "reused_noise": (_ALTERNATING, {}, 3, "generator/hidden"),
    "label": (_JOINT, {"optimizer": "adam"}, 4, "losses/discriminator/add:0 of phase 1"),
    "divergence": (CASES["vae-corrected"], {}, 4, "losses/vae/add_1:0 of phase 1"),
    # Both are passes from states that an earlier update has left: losses tell before gradients.
    "sequential": (_JOINT, {"optimizer": "adam"}, 4, "losses/discriminator/add:0 of phase 1"),
    "swapped_phases": (_ALTERNATING, {}, 4, "losses/generator/Mean:0 of phase 1"),
    "learning_rate": (_JOINT, {"optimizer": "adam"}, 6, "generator/hidden/kernel"),
    "epsilon": (_JOINT, {"optimizer": "adam"}, 6, "generator/hidden/kernel"),
    "beta2": (_JOINT, {"optimizer": "adam"}, 6, "generator/hidden/kernel"),
}
# By every test run: those that no pair of test_correct_ports has at its rung, and the most common
# one; the others by the whole suite.
_QUICK = ("initializer", "sequential", "learning_rate")
# Of the others no cause is looked for, which takes longer than all the rest: test_causes does.
_CAUSES = {"epsilon": "Adam's epsilon is 1e-07, in the reference 1e-08"}
_MOVING = {f"generator/norm{number}/moving_variance" for number in (1, 2, 3)}


@pytest.mark.parametrize("fault", [pytest.param(
    fault, marks=() if fault in _QUICK else pytest.mark.slow) for fault in _CAUGHT])
def test_a_fault_is_caught_at_its_rung_in_both_precisions(verified, fault, monkeypatch):
    if fault not in _CAUSES:
        verifications.search_no_causes(monkeypatch)
    case, flags, rung, tensor = _CAUGHT[fault]
    result = verified(case, _FAULTS + fault, **flags)
    first = result.first_difference
    assert (first.verdict, first.rung, first.tensor) == ("different", rung, tensor)
    assert [result.rung(rung, dtype) for dtype in ("float32", "float64")] == ["different"] * 2
    assert [result.rung(below, "float64") for below in range(1, rung)] == ["identical"] * (rung - 1)
    assert findings.exit_status([result]) == 1
    if rung == 6:  # an update is made on a line, and named after a variable
        assert "legacy/training.py:" in result.sources["legacy"]
        assert result.sources["modern"].startswith("modern/optimizers.py:")
        assert "apply_gradients" in result.lines["legacy"]
    assert first.numbers is None or first.numbers.entries
    if fault in _CAUSES:
        assert [cause.sentence for cause in result.causes] == [_CAUSES[fault]]


def test_a_missing_bias_is_a_structural_difference(verified):
    result = verified(_JOINT, _FAULTS + "missing_bias", optimizer="adam")
    first = result.first_difference
    assert (first.rung, first.verdict, first.tensor) == (
        1, "different", "generator/hidden/bias")
    assert first.note.startswith("generator/hidden/bias is [20]; the port has nothing left")
    assert findings.exit_status([result]) == 2


@pytest.mark.slow
def test_of_batch_norm_with_the_batchs_variance_moving_variances_are_constants(verified):
    result = verified(CASES["dcgan"], _FAULTS + "batch_variance", batch_size=2)
    assert [result.rung(rung, "float64") for rung in range(1, 7)] == ["identical"] * 6
    assert result.rung(6, "float32") == "rounding"
    constants = [finding for finding in result.findings if finding.verdict == "constants"]
    assert constants and {finding.tensor for finding in constants} <= _MOVING
    assert {finding.rung for finding in constants} <= {7, 8}
    assert all("the batch's variance" in finding.note for finding in constants
               if finding.dtype == "float64")
    assert all(1e-5 < finding.relative < 1e-1 for finding in constants
               if finding.dtype == "float32")
    assert result.verdict == "constants"
    assert findings.exit_status([result]) == 0
    assert findings.exit_status([result], require_identical=True) == 1


@pytest.mark.slow
def test_right_batch_norm_on_other_kernels_is_rounding(verified):
    result = verified(CASES["dcgan"], _FAULTS + "other_kernels", batch_size=2)
    assert result.verdict == "rounding", result.first_difference
    assert [result.rung(rung, "float64") for rung in range(1, 7)] == ["identical"] * 6
    assert result.rung(7, "float32") == "rounding"
