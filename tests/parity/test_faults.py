"""Faults that porters make, each caught at its own rung and tensor; and what is no fault."""

import pytest

from parity import findings
from parity import recording
from parity.cases import CASES
from parity.verify import verify

FAULTS = "tests/parity/faults.py:"


def _fault(name, case, batch_size=16, **changes):
    return CASES[case]._replace(
        name=name, values=dict(CASES[case].values, batch_size=batch_size),
        **(changes or {"modern": FAULTS + name}))


_CASES = [
    _fault("leaky_slope", "mlp_gan-corrected"),
    _fault("label", "mlp_gan-corrected"),
    _fault("learning_rate", "mlp_gan-corrected"),
    _fault("epsilon", "mlp_gan-corrected"),
    _fault("beta2", "mlp_gan-corrected"),
    _fault("missing_bias", "mlp_gan-corrected"),
    _fault("initializer", "mlp_gan-corrected"),
    _fault("divergence", "vae-corrected"),
    _fault("swapped_phases", "bgd_gan-corrected"),
    _fault("sequential", "mlp_gan-corrected", modern_training=FAULTS + "Sequential"),
    _fault("reused_noise", "bgd_gan-corrected", modern_training=FAULTS + "ReusedNoise"),
    _fault("batch_variance", "dcgan", batch_size=4),
    _fault("other_kernels", "dcgan", batch_size=4),
    _fault("racy", "mlp_gan-corrected", legacy="tests/parity/racy.py:program"),
]


@pytest.fixture(scope="module")
def results(repository, tmp_path_factory):
    """`{fault: Result}` of one verification; two recorders for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(repository)
        plan = recording.Plan(_CASES, ("float32", "float64"), steps=2, seed=1)
        return {result.case: result for result in verify(plan, lambda line: None)}


# The first rung and tensor, and words of the cause.
_CAUGHT = {
    "leaky_slope": (3, "training/joint:generator/hidden1", "slope of the leaky ReLU"),
    "label": (4, "joint/discriminator", "labels"),
    "learning_rate": (6, "generator/hidden1/kernel", "1.001 times the reference's"),
    "epsilon": (6, "generator/hidden1/kernel", "epsilon"),
    "beta2": (6, "generator/hidden1/kernel", "decays"),
    "initializer": (2, "discriminator/hidden2/kernel", "uniform"),
    "divergence": (4, "vae/vae", "loss"),
    "swapped_phases": (6, "generator/hidden1/kernel", "another order"),
    "sequential": (6, "discriminator/hidden1/kernel", "an earlier update"),
    "reused_noise": (6, "discriminator/hidden1/kernel", "an earlier update"),
}


@pytest.mark.parametrize("fault", sorted(_CAUGHT))
def test_fault_is_caught_at_its_rung_in_both_precisions(results, fault):
    rung, tensor, words = _CAUGHT[fault]
    result = results[fault]
    first = result.first_difference
    assert (first.verdict, first.rung, first.tensor) == ("different", rung, tensor)
    assert words in result.cause
    assert [result.rung(rung, dtype) for dtype in ("float32", "float64")] == ["different"] * 2
    assert [result.rung(below, "float64") for below in range(1, rung)] == ["identical"] * (rung - 1)
    assert findings.exit_status([result]) == 1


def test_missing_bias_is_a_structural_difference(results):
    first = results["missing_bias"].first_difference
    assert (first.rung, first.tensor, first.note) == (
        1, "generator/output/bias", "no partner in the port")
    assert findings.exit_status([results["missing_bias"]]) == 2


def test_race_is_inconclusive_and_names_the_variable(results):
    first = results["racy"].first_difference
    assert first.verdict == "inconclusive"
    assert first.tensor == "discriminator/hidden1/bias"
    assert findings.exit_status([results["racy"]]) == 3


def test_sources_name_the_line_on_both_sides(results):
    assert results["leaky_slope"].sources["legacy"].startswith("legacy/models/mlp_gan.py:")
    assert results["leaky_slope"].sources["modern"].startswith("modern/models/mlp_gan.py:")


def test_fault_of_the_float32_kernel_alone_is_caught(results):
    result = results["batch_variance"]
    first = result.first_difference
    assert (first.verdict, first.rung, first.dtype, first.tensor) == (
        "different", 7, "float32", "generator/norm1/moving_variance")
    assert "FusedBatchNormV3" in first.note
    assert {finding.tensor for finding in result.findings if finding.verdict == "different"} == {
        f"generator/norm{number}/moving_variance" for number in (1, 2, 3)}
    assert result.rung(8, "float64") == "identical"


def test_right_port_on_other_kernels_is_rounding(results):
    result = results["other_kernels"]
    assert result.verdict == "rounding"
    assert result.rung(6, "float32") == "rounding"
    assert result.rung(8, "float64") == "identical"
