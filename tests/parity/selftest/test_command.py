"""`python -m parity.selftest`: what it tries, what it prints, and its exit status."""

import pytest

from parity import command_line
from parity.selftest import __main__ as command
from parity.selftest import correct
from parity.selftest import faults
from parity.selftest import trials
from parity.selftest.fault import Fault

FAULT = Fault("optimizers.nesterov", "plain momentum", ", nesterov=True", "", 6, "hidden/kernel",
              "Nesterov", "nesterov=True")


def test_all_of_it_is_every_fault_and_five_seeds_of_each_port():
    every = command.chosen("")
    assert sum(trial.fault is not None for trial in every) == len(faults.FAULTS)
    assert len(every) == len(faults.FAULTS) + 5 * len(correct.PORTS)
    assert [trial.pair for trial in every] == sorted(trial.pair for trial in every)


def test_a_part_is_chosen_by_its_name():
    assert {trial.fault.mistake for trial in command.chosen("optimizers.nesterov: plain")} == {
        "plain momentum"}
    assert [trial.seed for trial in command.chosen("losses.hinge, seed")] == [0, 1, 2, 3, 4]
    with pytest.raises(command_line.UsageError, match='--only=nobody: expected a part of a name'):
        command.chosen("nobody")


def test_it_ends_with_0_where_all_is_as_it_should(monkeypatch, capsys):
    every = command.chosen
    monkeypatch.setattr(command, "chosen", lambda text: every(text)[:2])  # the fault, and a seed
    assert command.main(["--only=optimizers.nesterov"]) == 0
    out, err = capsys.readouterr()
    assert err.splitlines()[0].startswith(
        "1 planted faults and 1 verifications of correct ports: about ")
    assert "optimizers.nesterov: plain momentum  6     sequential/hidden/kernel  Nesterov" in out
    assert "1 planted faults: 1 found where they are and explained" in out
    assert "1 verifications of correct ports: 1 the same model, 0 not" in out


def test_what_is_otherwise_is_said_and_fails(monkeypatch, capsys):
    wrong = [trials.Trial(FAULT.pair, fault=FAULT._replace(mistake="none", wrong=FAULT.right)),
             trials.Trial(FAULT.pair, fault=FAULT._replace(cause="clipping")),
             trials.Trial(FAULT.pair, fault=FAULT._replace(mistake="no port", wrong=", beta=1"))]
    monkeypatch.setattr(command, "chosen", lambda text: wrong)
    assert command.main([]) == 1
    out, err = capsys.readouterr()
    assert "nesterov: none: expected different, received" in out
    assert "plain momentum: expected clipping, received Nesterov" in out
    assert "no port: parity.port.recorder: " in out and "beta" in out and "Traceback" not in err
