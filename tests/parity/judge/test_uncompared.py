"""State of the reference that nothing was compared with is said, and is no success by itself."""

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
