"""The matrix: a line a fault, what was found of it, and how many were right."""

from parity.selftest import matrix
from parity.selftest.fault import UNKNOWN
from parity.selftest.trials import Outcome, Trial
from tests.parity.selftest.test_fault import FAULT, result


def outcome(wrong="", found=None, **changed):
    fault = FAULT._replace(**changed)
    return Outcome(Trial(fault.pair, fault=fault), wrong, found)


def test_the_matrix_has_a_line_for_each_fault():
    head, first, second, third = matrix.text([
        outcome(found=result()), outcome(mistake="none", cause=UNKNOWN, found=result(causes=())),
        outcome("expected a, received b", mistake="a long one")]).splitlines()
    assert head.split() == ["fault", "rung", "tensor", "cause"]
    assert first.split("  ")[0] == "layers.leaky_relu: another slope"
    assert first.endswith("3     conv/activation  activation")
    assert second.endswith("3     conv/activation  not recognised")
    assert third.endswith("-     -                expected a, received b")


def test_the_summary_counts():
    faults = [outcome(found=result()), outcome(cause=UNKNOWN, found=result(causes=())),
              outcome("expected a, received b")]
    ports = [Outcome(Trial("losses.softmax", seed), "" if seed else "expected", None)
             for seed in range(3)]
    assert matrix.summary(faults, ports) == (
        "3 planted faults: 1 found where they are and explained, 1 found and not recognised, 1 "
        "otherwise than they should\n"
        "3 verifications of correct ports: 2 the same model, 1 not")
