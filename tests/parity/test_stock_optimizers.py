"""Keras's own optimisers: what they change, and that it is told from a fault."""

import pytest

from parity import recording
from parity.cases import CASES
from parity.verify import verify

_VAE = CASES["vae-corrected"]


def _case(optimizer, **numbers):
    values = dict(_VAE.values, batch_size=16, optimizer=optimizer, **numbers)
    return _VAE._replace(name=optimizer, values=values)


@pytest.fixture(scope="module")
def results(repository):
    """`{optimiser: Result}` of the port with stock optimisers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(repository)
        cases = [_case("adam"), _case("rmsprop"), _case("sgd"),
                 _case("momentum", schedule="exponential", decay_steps=2, decay_rate=0.5)]
        plan = recording.Plan(
            cases, ("float32", "float64"), steps=5, seed=1, stock_optimizers=True)
        return {result.case: result for result in verify(plan, lambda line: None)}


def test_gradient_descent_is_the_same_rule(results):
    assert results["sgd"].verdict == "identical"


def test_adam_is_off_by_a_rounded_constant_that_is_named(results):
    assert results["adam"].verdict == "constants"
    assert "beta2 in its powers" in results["adam"].cause
    assert [results["adam"].rung(rung, "float64") for rung in range(1, 6)] == ["identical"] * 5


def test_rmsprop_is_different_where_its_mean_of_squares_starts(results):
    first = results["rmsprop"].first_difference
    assert (first.rung, first.verdict) == (7, "different")
    assert results["rmsprop"].cause == "the optimiser starts this at 0, the reference at 1"


def test_momentum_under_a_schedule_is_different_because_its_slot_holds_the_rate(results):
    assert results["momentum"].rung(5, "float64") == "identical"
    assert results["momentum"].rung(8, "float64") == "different"
