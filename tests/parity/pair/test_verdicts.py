"""Steps that depend on more than their variables, and numbers that are none: what is said of them.
"""

import os

import pytest

from parity.judge import differences
from parity.judge import findings
from parity.selftest import pairs
from tests.parity.pair.verifications import search_no_causes, Verifications

PAIRS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "verdicts")


@pytest.fixture(scope="module", name="verified")
def fixture_verified(repository, tmp_path_factory):
    """Function (program, port, arguments) that returns the `Result` of ten compared steps.

    A program is the name of one beside this file, or "file.py:function". No cause is looked for.
    """
    verifications = Verifications(repository, tmp_path_factory.mktemp("verdicts"), steps=10)

    def verify(program, port, **arguments):
        legacy = program if ":" in program else f"{PAIRS}/legacy.py:{program}"
        return verifications(legacy, f"{PAIRS}/modern.py:{port}", **arguments)
    with pytest.MonkeyPatch.context() as patch:
        search_no_causes(patch)
        yield verify
    verifications.close()


def test_a_right_port_is_identical(verified):
    assert verified("sound", "sound").verdict == differences.IDENTICAL


@pytest.mark.parametrize("size", [pytest.param(0.1, marks=pytest.mark.slow), 1e-7])
def test_a_port_that_draws_by_itself_is_inconclusive_and_said_to(verified, size):
    result = verified("sound", "noisy", size=size)
    assert findings.exit_status([result]) == 3
    first = result.first_difference
    assert first.rung == 4 and "the port gives something else when it is run again" in first.note
    # Not the rounding, or the fault, that it would be were the port the same each time.
    for rung in (4, 5, 6):
        assert result.rung(rung, "float64") == differences.INCONCLUSIVE


@pytest.mark.parametrize("call, verdict, said", [
    (6, differences.INCONCLUSIVE, "when it is run again"),  # one of the compared steps
    (9, differences.DIFFERENT, "a free run leaves the reference's")])
def test_a_step_that_depends_on_what_no_variable_holds_is_no_success(verified, call, verdict, said):
    first = verified("sound", "late", call=call).first_difference
    assert first.rung >= 6 and first.verdict == verdict
    assert said in first.note and "outside of its variables" in first.note


def test_a_free_run_leaves_out_a_variance_that_is_unbiased_on_one_side_in_float64_alone(verified):
    program = pairs.path("programs", "layers") + ":batch_norm_fused"
    result = verified(program, "fused_in_float32")
    assert result.verdict == differences.ROUNDING


def test_no_number_on_both_sides_is_no_agreement(verified):
    result = verified("no_number", "no_number")
    assert findings.exit_status([result]) == 3
    first = result.first_difference
    assert first.rung == 4 and first.note == "the reference itself is no number here, in step 0"


def test_no_number_in_the_port_alone_is_different(verified):
    result = verified("sound", "no_number")
    assert findings.exit_status([result]) == 1
    assert (result.first_difference.rung, result.first_difference.relative) == (4, float("inf"))


def test_a_reference_that_leaves_the_finite_numbers_is_said_with_its_step(verified):
    result = verified("diverging", "diverging")
    assert findings.exit_status([result]) == 3
    first = result.first_difference
    assert first.rung == 8 and "the reference itself is" in first.note
    assert f"from step {first.step} on" in first.note and 1 < first.step < 9


def test_a_small_difference_that_no_constant_explains_is_different(verified):
    result = verified("sound", "nearly")
    assert findings.exit_status([result]) == 1
    first = result.first_difference
    assert (first.rung, first.dtype) == (4, "float64") and first.relative < 1e-7
