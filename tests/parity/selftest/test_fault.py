"""What a verification has to say of a fault, and what is missed where it does not."""

import pytest

from parity.judge import differences
from parity.judge import findings
from parity.selftest.fault import Fault, STRUCTURE, UNKNOWN

FAULT = Fault("layers.leaky_relu", "another slope", "0.1", "0.3", 3, "conv/activation",
              "activation", "keras.layers.LeakyReLU(negative_slope=0.1)")


def result(rung=3, tensor="conv/activation", verdict=differences.DIFFERENT, causes=("activation",),
           write=FAULT.write):
    found = [findings.Finding(rung, "float64", tensor, verdict, 0.5)]
    return findings.Result("port", found, [findings.Cause(name, "", write, "") for name in causes],
                           {}, {}, {})


def test_a_fault_that_is_found_and_explained_misses_nothing():
    assert FAULT.missed(result()) == ""
    assert FAULT.missed(result(causes=("activation", "a number"))) == ""


@pytest.mark.parametrize("received,words", [
    (result(verdict=differences.ROUNDING), "expected different, received rounding"),
    (result(verdict=differences.INCONCLUSIVE), "expected different, received inconclusive"),
    (result(rung=4), "received rung 4, conv/activation"),
    (result(tensor="logits"), "received rung 3, logits"),
    (result(causes=("a number",)), "expected activation, received a number"),
    (result(causes=()), "expected activation, received not recognised"),
    (result(write="0.1"), "expected to write keras.layers.LeakyReLU(negative_slope=0.1), ")])
def test_what_is_missed_is_said(received, words):
    assert words in FAULT.missed(received)


def test_a_fault_that_nothing_explains_has_no_cause():
    unknown = FAULT._replace(cause=UNKNOWN, write="")
    assert unknown.missed(result(causes=())) == ""
    assert unknown.missed(result()) == "expected not recognised, received activation"


def test_another_structure_is_said_at_rung_1():
    other = FAULT._replace(rung=1, cause=STRUCTURE, write="")
    assert other.missed(result(rung=1, causes=())) == ""
    assert "received rung 3" in other.missed(result(causes=()))
