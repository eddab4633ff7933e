"""Rungs 6 to 8 after hand-made steps: weights, state, slots, and what an optimiser keeps."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge.compared import Compared, Judged
from parity.judge.rungs import state
from parity.judge.rungs import update
from parity.judge.sides import Sides
from parity.pair import own_state
from parity.pair import slots
from parity.pair import transforms
from parity.pair import variables

STEPS = (3, 5)
ROWS = [variables.Row(name, name.upper(), transforms.UNCHANGED, "name") for name in ("w", "mean")]
SLOT = slots.Row("w/slot", "w", "W", "momentum", True)


def traces():
    """(reference, port): w goes from 10 to 8, its slot from 1 to 3, a mean from 0 to 4."""
    reference, port = {}, {}
    for step in STEPS:
        reference[f"gradient/{step}/0/w"] = np.array([2.0])
        reference[f"rate/{step}/0/w"] = np.array(0.5)
        for name, before, after in (("w", 10, 8), ("mean", 0, 4), ("w/slot", 1, 3), ("p", 1, 0.25)):
            reference[f"before/{step}/{name}"] = np.array([float(before)])
            reference[f"after/{step}/{name}"] = np.array([float(after)])
        port.update({f"after/{step}/W": np.array([8.0]), f"after/{step}/MEAN": np.array([4.0]),
                     f"slot_after/{step}/1/W/momentum": np.array([-1.5]),
                     f"own_after/{step}/1/power": np.array([0.25])})
    return reference, port


def sides(change=lambda reference, port: None, slot=SLOT, updated=()):
    reference, port = traces()
    change(reference, port)
    return Sides(reference, port, variables.Pairing(ROWS, [], []), [slot], STEPS, {"W": 1},
                 updated, [own_state.Row("p", 1, "power")])


def rows(found, step, rung=state):
    """`{tensor: (rung, identical, relative)}` after a step."""
    return {row.tensor: (row.rung, row.difference.identical, row.difference.relative)
            for row in rung.compared(found, step)}


@pytest.mark.parametrize("step,places", [(3, (6, 7, 7, 7)), (5, (8, 8, 8, 8))])
def test_a_step_is_of_its_rungs(step, places):
    found = sides()
    assert {**rows(found, step, update), **rows(found, step)} == {
        tensor: (place, True, 0.0) for tensor, place in zip(
            ("W", "MEAN", "W@momentum", "power of optimiser 2"), places)}


@pytest.mark.parametrize("value, relative", [(np.float32(0.1), 0.0), (np.float32(0.2), 1.0)])
def test_a_variable_that_is_float32_in_any_run_is_compared_as_such(value, relative):
    def change(reference, port):
        reference["after/3/mean"] = np.array([0.1])
        port["after/3/MEAN"] = np.array([value])
    found = rows(sides(change), 3, update)["MEAN"]
    assert found[:2] == (7, not relative) and found[2] == pytest.approx(relative, rel=1e-6)


def test_what_is_trained_without_a_gradient_stands_beside_what_has_one():
    assert rows(sides(updated=["mean"]), 3, update)["MEAN"][0] == 6


@pytest.mark.parametrize("name,tensor,relative", [
    ("after/3/W", "W", 0.5), ("after/3/MEAN", "MEAN", 0.25),
    ("slot_after/3/1/W/momentum", "W@momentum", 1.0),
    ("own_after/3/1/power", "power of optimiser 2", 1.0 / 0.75)])
def test_a_difference_is_a_part_of_the_way_that_the_reference_goes(name, tensor, relative):
    found = sides(lambda reference, port: port.update({name: port[name] + 1.0}))
    both = {**rows(found, 3, update), **rows(found, 3)}
    assert {key for key, row in both.items() if not row[1]} == {tensor}
    assert both[tensor][2] == pytest.approx(relative)


def test_a_slot_that_holds_rates_begins_with_the_last_rate_before():
    def change(reference, port):
        reference["last_rate/3/0/w"] = np.array(0.25)
        port["slot_after/3/1/W/momentum"] += 0.25
    assert rows(sides(change), 3)["W@momentum"][2] == pytest.approx(0.25 / 1.25)


def test_a_slot_that_the_port_lacks_is_said_unless_it_is_idle():
    def change(reference, port):
        del port["slot_after/3/1/W/momentum"]
    row, _ = state.compared(sides(change), 3)
    assert (row.tensor, row.rung, row.difference.relative, row.note) == (
        "W@momentum", 7, np.inf, "the port's optimiser has no such slot")
    idle = sides(change, slot=SLOT._replace(idle=True))
    assert list(rows(idle, 3)) == ["power of optimiser 2"]


def test_counters_are_not_compared_but_a_weight_that_becomes_one_is():
    def change(reference, port):
        for when in ("before", "after"):
            reference[f"{when}/3/mean"] = np.array([7])
        reference["after/3/w"] = np.array([8])
    assert rows(sides(change), 3, update) == {"W": (6, False, np.inf)}


@pytest.mark.parametrize("name", ["w", "w/slot", "p"])
def test_what_is_no_number_in_the_reference_is_inconclusive_at_best(name):
    found = sides(lambda reference, port: reference.update({f"after/3/{name}": np.array([np.nan])}))
    both = [*update.compared(found, 3), *state.compared(found, 3)]
    assert [row.at_best for row in both].count(differences.INCONCLUSIVE) == 1


def test_passes_of_phases_behind_a_wrong_update_are_left_out():
    def row(rung, phase, verdict="identical"):
        return Judged(Compared(rung, "t", 0, differences.Difference(True, 0.0), phase=phase), "d",
                      verdict)
    judged = [row(3, 0), row(4, 1), row(5, 2, "different"), row(6, 1, "different"),
              row(6, 2, "different"), row(8, 2)]
    assert update.without_later_phases(judged) == [judged[0], judged[1], *judged[3:]]
    right = [each for each in judged if each.row.rung != 6]
    assert update.without_later_phases(right) == right
