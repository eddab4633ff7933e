"""A learning rate that follows the loss: its state is mapped, compared, and carried over."""

import pytest

from parity import recording
from parity.cases import CASES
from parity.verify import verify


def _case(name, model, **values):
    base = CASES[model]
    values = dict(base.values, batch_size=16, schedule="plateau", decay_steps=2, patience=1,
                  **values)
    return base._replace(name=name, values=values)


@pytest.fixture(scope="module")
def results(repository):
    """`{case: Result}` over 10 steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(repository)
        case = _case("vae", "vae-corrected", optimizer="sgd", learning_rate=1e-3)
        cases = [case, _case("wgan", "wgan", n_critic=2, optimizer="adam_d3"),
                 case._replace(name="patience", modern="tests/parity/faults.py:patience")]
        plan = recording.Plan(cases, ("float32", "float64"), steps=10, seed=1)
        return {result.case: result for result in verify(plan, lambda line: None)}


@pytest.mark.parametrize("case", ["vae", "wgan"])
def test_the_port_is_identical(results, case):
    assert results[case].verdict == "identical"


def test_a_port_that_waits_longer_is_told_by_the_window_in_which_it_does(results):
    different = {(finding.rung, finding.tensor, finding.step)
                 for finding in results["patience"].findings if finding.verdict == "different"}
    assert different == {(8, "train/vae/plateau/factor", 5), (8, "train/vae/plateau/waited", 5)}


@pytest.mark.parametrize("case,losses", [
    ("vae", ["vae"]), ("wgan", ["discriminator", "generator"])])
def test_what_the_schedule_has_seen_is_compared_at_rungs_7_and_8(results, case, losses):
    names = {f"train/{loss}/plateau/{leaf}" for loss in losses
             for leaf in ("best", "total", "losses", "waited", "factor")}
    for rung, steps in ((7, {0}), (8, {0, 1, 2, 5, 10})):
        compared = {(finding.tensor, finding.step, finding.dtype)
                    for finding in results[case].findings
                    if finding.rung == rung and "/plateau/" in finding.tensor
                    and "start" not in finding.tensor}
        assert compared == {(name, step, dtype) for name in names for step in steps
                            for dtype in ("float32", "float64")}
