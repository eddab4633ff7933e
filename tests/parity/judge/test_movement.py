"""A reference that does not move proves nothing, whatever agrees with it."""

import numpy as np

from parity.judge import differences
from parity.judge import movement
from parity.judge.sides import Sides
from parity.pair import variables

MOVES, RESTS = 1.0, 0.0


def sides(moves, rate=0.1, gradient=1.0, phases=(0,), **changed):
    """`{dtype: Sides}` of two steps; `moves` by phase: how far each step goes."""
    reference = {}
    for step in (0, 1):
        for phase in phases:
            name = f"w{phase}"
            reference.update({
                f"before/{step}/{name}": np.ones(2), f"after/{step}/{name}": np.ones(2)
                + moves[phase], f"gradient/{step}/{phase}/{name}": np.full(2, gradient),
                f"rate/{step}/{phase}/{name}": np.asarray(rate)})
    reference.update(changed)
    return {"float64": Sides(reference, {}, variables.Pairing([], [], []), [], (0, 1), {})}


def test_a_reference_that_moves_is_no_finding():
    assert list(movement.found(sides([MOVES]))) == []


def test_a_rate_of_zero_is_the_reason():
    finding, = movement.found(sides([RESTS], rate=0.0))
    assert (finding.rung, finding.tensor, finding.verdict) == (
        6, "phase 1", differences.INCONCLUSIVE)
    assert finding.note == ("the reference does not move in the compared steps: its learning rate "
                            "is 0")


def test_gradients_of_zero_are_the_reason():
    finding, = movement.found(sides([RESTS], gradient=0.0))
    assert finding.note.endswith(": all its gradients are 0")


def test_updates_below_the_last_place_are_the_reason():
    finding, = movement.found(sides([RESTS], rate=1e-30))
    assert finding.note.endswith(": no update changes a variable")


def test_each_phase_has_to_move():
    finding, = movement.found(sides([MOVES, RESTS], phases=(0, 1)))
    assert finding.tensor == "phase 2"


def test_a_first_step_at_rate_zero_is_forgiven_where_a_later_one_moves():
    assert list(movement.found(sides([MOVES], **{"after/0/w0": np.ones(2)}))) == []


def test_one_gradient_that_is_not_zero_is_enough_to_blame_something_else():
    changed = {"gradient/0/0/w0": np.zeros(2)}
    finding, = movement.found(sides([RESTS], rate=1e-30, **changed))
    assert finding.note.endswith(": no update changes a variable")


def test_one_rate_that_is_not_zero_is_enough_to_blame_something_else():
    finding, = movement.found(sides([RESTS], rate=0.0, **{"rate/1/0/w0": np.asarray(0.1)}))
    assert finding.note.endswith(": no update changes a variable")


def test_without_rates_none_is_blamed():
    found = sides([RESTS])
    reference = {name: value for name, value in found["float64"].reference.items()
                 if not name.startswith("rate/")}
    finding, = movement.found({"float32": Sides(
        reference, {}, variables.Pairing([], [], []), [], (0, 1), {})})
    assert finding.dtype == "float32"
    assert finding.note.endswith(": no update changes a variable")


def test_phases_are_said_in_order():
    assert [finding.tensor for finding in movement.found(
        sides([RESTS, RESTS], phases=(1, 0)))] == ["phase 1", "phase 2"]
