"""Where slots, averages and statistics start."""

import numpy as np
import pytest

from parity.judge import findings
from parity.judge.rungs import starts
from parity.judge.sides import Sides
from parity.pair import own_state
from parity.pair import rows
from parity.pair import slots
from parity.pair import transforms
from parity.pair import variables

PAIRS = [rows.Row("w", "d/kernel", transforms.UNCHANGED, "name"),
         rows.Row("n/moving_mean", "n/mean", transforms.UNCHANGED, "name")]
WEIGHT = np.arange(3.0)


def sides(role="mean_square"):
    reference = {"gradient/0/0/w": np.ones(3), "before/0/w": WEIGHT, "before/0/s": WEIGHT.copy()}
    return Sides(reference, {}, variables.Pairing(PAIRS, [], []), [
        slots.Row("s", "w", "d/kernel", role, False)], (0,), {"d/kernel": 0}, ["w"])


def initial(slot=None, mean=0.0, moved=False, begun=""):
    return {"begun": begun, "declared": {
        "s": {"kind": "other"} if slot is None else {
            "kind": "constant", "value": slot, "moved": False},
        "n/moving_mean": {"kind": "constant", "value": mean, "moved": moved}}}


def port(slot=0.0, role="mean_square"):
    return {"state/d/kernel": WEIGHT + 5.0, "state/n/mean": np.zeros(3),
            "slot/0/d/kernel/" + role: np.zeros(3) + slot}


def compared(began, ported, role="mean_square"):
    return {row.tensor: row for row in starts.rows(sides(role), began, ported)}


@pytest.mark.parametrize("reference,value,alike", [
    (1.0, 1.0, True), (0.0, 0.0, True), (1.0, 0.0, False), (0.0, 1.0, False)])
def test_slots_start_as_the_references(reference, value, alike):
    row = compared(initial(reference), port(value))["d/kernel@mean_square at the start"]
    assert row.rung == 7 and row.difference.identical == alike
    assert row.note == ("" if alike else f"the optimiser starts this at {value:g}, "
                        f"the reference at {reference:g}")


def test_a_number_in_kerass_rounding_is_the_references():
    row = compared(initial(0.1), port(float(np.float32(0.1))))["d/kernel@mean_square at the start"]
    assert row.difference.identical


def test_moving_statistics_start_as_the_references():
    row = compared(initial(0.0, mean=1.0), port())["n/mean at the start"]
    assert row.note == "the port starts this at 0, the reference at 1"


@pytest.mark.parametrize("value,alike", [(WEIGHT + 5.0, True), (0.0, False)])
def test_an_average_that_starts_as_its_weight_is_the_ports_own_weight(value, alike):
    row = compared(initial(), port(value, "average"), "average")["d/kernel@average at the start"]
    assert row.difference.identical == alike
    assert row.note == ("" if alike else "the optimiser starts this at 0, the reference at "
                        "the weight itself")


def test_a_capture_that_begins_in_the_middle_says_nothing():
    began = initial(1.0, begun="step is 7")
    assert compared(began, port()) == {}
    finding, = starts.not_run(sides(), began, "float32")
    assert (finding.rung, finding.verdict, finding.note) == (7, "not run", "step is 7")


def test_state_that_moved_before_the_capture_says_nothing():
    began = initial(1.0, moved=True)
    assert list(compared(began, port())) == ["d/kernel@mean_square at the start"]
    finding, = starts.not_run(sides(), began, "float32")
    assert (finding.tensor, finding.verdict) == ("n/mean at the start", "not run")


@pytest.mark.parametrize("held,made,note", [
    (0, 0, ""), (7, 7, ""), (10, 0, "the optimiser starts this at 10, the reference at 0")])
def test_updates_that_a_rule_counts_start_as_the_references(held, made, note):
    ported = dict(port(), **{"iterations/0": np.int64(held)})
    row, = [row for row in starts.rows(sides(), initial(0.0), ported, [(0, made)])
            if row.tensor == "updates of optimiser 1 at the start"]
    assert row.difference.identical == (held == made) and row.note == note


def test_a_start_that_is_off_is_measured_by_the_references():
    row = compared(initial(2.0), port(3.0))["d/kernel@mean_square at the start"]
    assert (row.rung, row.step, row.difference.relative) == (7, 0, 0.5)


def test_a_start_that_a_rounded_constant_explains_has_no_note():
    row = compared(initial(1.0), port(1 + 1e-7))["d/kernel@mean_square at the start"]
    assert not row.difference.identical and row.note == ""


def test_starts_of_several_numbers_are_said():
    row = compared(initial(0.0), port(np.arange(3.0)))["d/kernel@mean_square at the start"]
    assert row.note == "the optimiser starts this at several numbers, the reference at 0"


def test_what_an_optimiser_keeps_for_itself_starts_as_the_references():
    found = sides()
    found.own = [own_state.Row("power", 1, "beta_1_power")]
    began = initial(0.0)
    began["declared"]["power"] = {"kind": "constant", "value": 0.5, "moved": False}
    rows_ = {row.tensor: row for row in starts.rows(
        found, began, {"own/1/beta_1_power": np.asarray(1.0)})}
    assert list(rows_) == ["beta_1_power of optimiser 2 at the start"]
    assert rows_["beta_1_power of optimiser 2 at the start"].note == (
        "the optimiser starts this at 1, the reference at 0.5")


def test_a_trained_weight_has_no_start_here_nor_what_the_port_does_not_tell():
    began = initial(0.0)
    began["declared"]["w"] = {"kind": "constant", "value": 9.0, "moved": False}
    assert set(compared(began, port())) == {
        "d/kernel@mean_square at the start", "n/mean at the start"}
    assert compared(began, {}) == {}


def test_of_many_that_moved_two_are_named():
    found, began = sides(), initial(0.0, moved=True)
    found.own = [own_state.Row(name, 0, name) for name in "xyz"]
    began["declared"].update({name: {"moved": True} for name in "xyz"})
    finding, = starts.not_run(found, began, "float32")
    assert (finding.rung, finding.tensor, finding.note) == (
        7, "n/mean, x of optimiser 1 and 2 more at the start",
        "the capture begins with another value than the variable's first")
    assert list(starts.not_run(sides(), initial(0.0), "float32")) == []


def test_a_start_is_its_own_cause_with_what_sets_it():
    row = compared(initial(slot=1.0), port())["d/kernel@mean_square at the start"]
    found = starts.cause(findings.Finding(7, "float32", row.tensor, "different", note=row.note))
    assert found.sentence == "the optimiser starts d/kernel@mean_square at 0, the reference at 1"
    assert found.write.startswith("a subclass of RMSprop whose build assigns")
    assert starts.cause(findings.Finding(7, "float32", "d/kernel@mean_square", "different")) is None
    assert starts.cause(None) is None
