"""The number that makes a tensor the port's: found where one of few digits does."""

import types

import numpy as np
import pytest

from parity.causes import solved
from parity.causes.change import Change, Family


@pytest.fixture(name="solve")
def fixture_solve(monkeypatch):
    """Function (of a number, targets, ...) that gives the numbers of the changes."""
    def solve(function, *targets, present=0.7, dtype="float64", late=False):
        family = Family(present, lambda number: types.SimpleNamespace(number=number))
        monkeypatch.setattr(solved.catalogue, "families", lambda place: [family])
        found = solved.changes(
            None, lambda change: function(change.number if change else present),
            [np.ravel(np.asarray(target, np.float64)) for target in targets], dtype, lambda: late)
        return [change.number for change in found]
    return solve


def _curved(number):
    """Three numbers that bend with another one."""
    return np.array([number ** 2, np.exp(number), 1.0])


@pytest.mark.parametrize("number", [0.7001, 0.5, 1.2, 0.012345])
def test_a_number_of_few_digits_is_found(solve, number):
    assert solve(_curved, _curved(number)) == [number]


def test_one_that_stands_far_away_is_found_in_a_straight_line(solve):
    assert solve(lambda number: np.array(2.5 + 0.2 * number), 4.5, present=1.0) == [10.0]


def test_a_port_may_round_its_number_to_float32(solve):
    assert solve(_curved, _curved(float(np.float32(0.701)))) == [0.701]


def test_any_number_solves_one_equation_and_is_none_that_people_write(solve):
    assert solve(_curved, _curved(0.70012345678)) == []


def test_what_no_number_makes_the_ports_is_none(solve):
    assert solve(_curved, [0.49, 3.0, 1.0]) == []
    assert solve(lambda number: np.ones(3), np.zeros(3)) == []
    assert solve(lambda number: np.full(3, np.nan), np.ones(3)) == []
    assert solve(lambda number: None if number > 0.7 else np.ones(3), np.zeros(3)) == []


def test_the_present_number_is_no_change(solve):
    assert solve(_curved, _curved(0.7)) == []


def test_each_of_the_ports_numbers_may_be_it(solve):
    assert solve(lambda number: np.array(3.0 * number), np.array(2.2345678912), 6.0) == [2.0]


def test_float32_tells_fewer_digits(solve):
    def rounded(number):
        return np.float32(_curved(number))
    assert solve(rounded, rounded(0.75), dtype="float32") == [0.75]
    assert solve(rounded, rounded(0.70012), dtype="float32") == []


def test_nothing_is_looked_for_without_time(solve):
    assert solve(_curved, _curved(0.5), late=True) == []


def test_a_change_is_found_beside_a_loss_that_is_a_multiple(monkeypatch):
    """Without its penalty the loss is 0.6, and the port's is twice that.

    It is one and a half times the unchanged 0.8, too, which a change that does nothing leaves.
    """
    values = {"lost": 0.6, "halved": 0.77, "scale": 1.2, "other": 0.0, "nothing": 0.8}
    listed = [Change("a" if name != "scale" else solved.losses.SCALE, name, "write", recompute=True)
              for name in values]
    monkeypatch.setattr(solved.catalogue, "changes", lambda place: listed)
    place = types.SimpleNamespace(tensor=lambda: types.SimpleNamespace(name="loss:0"))
    found = list(solved.scaled(
        place, lambda change: np.array(values[change.sentence] if change else 0.8),
        [np.array([1.2])], "float64", lambda: False))
    assert [(change.sentence, change.write) for change in found] == [
        ("lost; and the loss is 2 times the reference's", "write; and the loss divided by 2")]
    assert len(found[0].edits) == 1
