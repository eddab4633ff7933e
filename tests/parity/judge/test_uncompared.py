"""State of the reference that nothing was compared with is said, and is no success by itself."""

import pytest

from parity.judge import differences
from parity.judge import findings
from parity.judge import uncompared
from parity.pair import mapping


def described(slots, kind):
    """(reference, port): one trained weight, a moving average of it, an optimiser's slots."""
    reference = {
        "variables": [
            {"name": "d/kernel", "role": "kernel", "kind": "dense", "shape": [3, 2],
             "trainable": True, "forget_bias": None},
            {"name": "d/kernel/average", "role": "average", "kind": "state", "shape": [3, 2],
             "trainable": False, "forget_bias": None}],
        "inputs": [],
        "updates": [{"variable": "d/kernel", "kind": kind, "scope": "o", "slots": slots}]}
    port = {"variables": [{"path": "d/kernel", "leaf": "kernel", "shape": [3, 2],
                           "trainable": True, "layer": "Dense"}],
            "inputs": [], "optimizers": [
                {"trained": ["d/kernel"], "stock": None, "roles": [], "own": []}]}
    return mapping.mapping(reference, port)


def names(found):
    return {finding.tensor for finding in uncompared.found(found)}


def test_an_average_that_the_port_lacks_and_unknown_slots_are_said():
    assert names(described({"other": "d/kernel/Ftrl_1"}, "a rule unknown")) == {
        "d/kernel/average", "d/kernel/Ftrl_1"}


def test_known_slots_and_powers_are_compared_or_derived():
    assert names(described({"m": "d/kernel/Adam", "beta1_power": "beta1_power"}, "Adam")) == {
        "d/kernel/average"}


def test_it_is_named_in_one_line_and_counts_for_no_rung():
    found = list(uncompared.found(described({}, "gradient descent")))
    result = findings.Result("port", found, "", {}, {}, {})
    assert result.rung(7, "float64") == differences.NOT_RUN
    assert uncompared.line(result) == (
        "  not compared, for want of a partner: d/kernel/average")
    assert uncompared.line(result._replace(findings=[])) == ""


@pytest.mark.parametrize("count,shown", [
    (1, "a"), (3, "a, b, c"), (4, "a, b, c and 1 more"), (5, "a, b, c and 2 more")])
def test_of_many_three_are_named(count, shown):
    found = [findings.Finding(7, dtype, name, differences.NOT_RUN, note=uncompared.NO_PARTNER)
             for name in "abcde"[:count] for dtype in ("float32", "float64")]
    found += [findings.Finding(7, "float32", "x", differences.NOT_RUN, note="another reason"),
              findings.Finding(7, "float32", "y", differences.DIFFERENT)]
    assert uncompared.line(findings.Result("port", found, "", {}, {}, {})) == (
        f"  not compared, for want of a partner: {shown}")


def test_each_is_a_finding_of_slots_and_state_in_each_precision():
    found = list(uncompared.found(described({"other": "d/kernel/Ftrl_1"}, "a rule unknown")))
    assert [(each.rung, each.dtype, each.tensor, each.verdict) for each in found] == [
        (7, dtype, tensor, differences.NOT_RUN) for tensor in (
            "d/kernel/average", "d/kernel/Ftrl_1") for dtype in ("float32", "float64")]
