"""A learning rate that follows the loss: its state is paired, compared, and carried over."""

import pytest

from parity.cases import CASES

STEPS = 6  # of which 0, 1, 2 and 5 are compared, unless a free run is what was captured; at the
# last a window ends without progress
_PLATEAU = {"schedule": "plateau", "decay_steps": 2, "patience": 1}
_VAE, _DENSE = "vae-corrected", "dense_gan-corrected-alternating"
_FLAGS = {_VAE: {"optimizer": "sgd", "learning_rate": 1e-4}, _DENSE: {"optimizer": "adam_d3"},
          "wgan": {"optimizer": "adam_d3", "n_critic": 2}}
_SLOW = {"marks": pytest.mark.slow}


@pytest.fixture(name="scheduled", scope="module")
def fixture_scheduled(verified):
    """Function (name of a case, port) that returns the `Result` under the schedule."""
    def result(name, port="modern.port:build"):
        key = name, port
        if key not in results:
            results[key] = verified(CASES[name], port, **_PLATEAU, **_FLAGS[name])
        return results[key]
    results = {}
    return result


@pytest.mark.parametrize("name", [
    _VAE, pytest.param(_DENSE, **_SLOW), pytest.param("wgan", **_SLOW)])
def test_the_port_is_identical_at_each_step(scheduled, name):
    assert scheduled(name).verdict == "identical"
    followed, = (finding for finding in scheduled(name).findings if finding.tensor == "free run")
    assert f"each of {STEPS} steps" in followed.note


@pytest.mark.slow
def test_a_port_that_waits_longer_is_told_by_the_window_in_which_it_does(scheduled):
    result = scheduled(_VAE, "tests/parity/pair/own/faults.py:patience")
    different = {(finding.rung, finding.tensor, finding.step, finding.dtype)
                 for finding in result.findings if finding.verdict == "different"}
    assert different == {(8, f"plateau_{leaf} of optimiser 1", 5, dtype)
                         for leaf in ("factor", "waited") for dtype in ("float32", "float64")}


@pytest.mark.parametrize("name,optimizers", [
    (_VAE, 1), pytest.param(_DENSE, 2, **_SLOW), pytest.param("wgan", 2, **_SLOW)])
def test_what_the_schedule_has_seen_is_compared_at_rungs_7_and_8(scheduled, name, optimizers):
    names = {f"plateau_{leaf} of optimiser {number + 1}" for number in range(optimizers)
             for leaf in ("best", "total", "losses", "waited", "factor")}
    for rung, steps in ((7, {0}), (8, {1, 2})):
        compared = {(finding.tensor, finding.step, finding.dtype)
                    for finding in scheduled(name).findings
                    if finding.rung == rung and finding.tensor.startswith("plateau_")
                    and "start" not in finding.tensor}
        assert compared == {(tensor, step, dtype) for tensor in names for step in steps
                            for dtype in ("float32", "float64")}
