"""The faults and correct ports of the self-test: enough of them, and each can be planted."""

import pytest

from parity.causes import catalogue
from parity.selftest import correct
from parity.selftest import fault as outcomes
from parity.selftest import pairs
from parity.selftest.faults import FAULTS

# A start is told by what both sides begin with, without a change of the reference.
CAUSES = {entry.name for entry in catalogue.ENTRIES} | {"start", outcomes.STRUCTURE,
                                                         outcomes.UNKNOWN}


def test_there_are_enough_of_both():
    assert len(FAULTS) >= 80 and len(set(correct.PORTS)) == len(correct.PORTS) >= 40
    assert set(correct.PORTS) <= set(pairs.NAMES)
    names = [(fault.pair, fault.mistake) for fault in FAULTS]
    assert len(set(names)) == len(names)


def test_of_twenty_faults_nineteen_are_explained():
    assert sum(fault.cause == outcomes.UNKNOWN for fault in FAULTS) <= len(FAULTS) / 20


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.pair}: {fault.mistake}")
def test_a_fault_can_be_planted(tmp_path, fault):
    right, wrong = (pairs.Sides(tmp_path)(fault.pair, port=change)[1].rpartition(":")[0]
                    for change in (None, (fault.right, fault.wrong)))
    with open(right) as one, open(wrong) as other:
        assert one.read() != other.read()
    assert fault.cause in CAUSES and 1 <= fault.rung <= 8
    assert fault.write or fault.cause in (outcomes.STRUCTURE, outcomes.UNKNOWN, "term of the loss",
                                          "moving average")


def test_every_program_has_its_port():
    for group in pairs.GROUPS:
        assert pairs.functions("programs", group) == pairs.functions("ports", group)
    assert len(pairs.NAMES) >= 120


def test_a_side_is_changed_from_its_function_on(tmp_path):
    sides = pairs.Sides(tmp_path)
    _, port = sides("layers.leaky_relu_by_maximum", port=("LeakyReLU(", "ReLU(0.0 * "))
    with open(port.rpartition(":")[0]) as file:
        source = file.read()
    assert source.count("ReLU(0.0 * ") == 1
    assert source.index("ReLU(0.0 * ") > source.index("def leaky_relu_by_maximum")
    assert sides("layers.leaky_relu_by_maximum", port=("LeakyReLU(", "ReLU(0.0 * "))[1] == port
    with pytest.raises(AssertionError):
        sides("layers.leaky_relu", port=("no such words", ""))


def test_a_seed_is_another_program(tmp_path):
    sides = pairs.Sides(tmp_path)
    plain, seeded = (sides("losses.softmax", seed)[0] for seed in (0, 3))
    assert plain == f"{pairs.path('programs', 'losses')}:softmax" and seeded != plain
    with open(seeded.rpartition(":")[0]) as file:
        assert "seeded.program(_PROGRAMS['softmax'], 3)" in file.read()
