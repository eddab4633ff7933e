"""Rung 5 on hand-made gradients of two variables, one of them without any but rounding."""

import numpy as np
import pytest

from parity.judge.rungs import gradients
from parity.judge.sides import Sides
from parity.pair import transforms
from parity.pair import variables

ROWS = [variables.Row(name, name.upper(), transforms.UNCHANGED, "name") for name in "wb"]


def sides(theirs, ours, updated=(), listed=()):
    """`Sides` of step 0; `listed`: the variables of each update that the port names."""
    reference = {f"gradient/0/{name}": np.asarray(value) for name, value in theirs.items()}
    port = {f"clipped/0/{name}": np.asarray(value) for name, value in ours.items()}
    port.update({f"updated/0/{number}": np.array(each) for number, each in enumerate(listed)})
    return Sides(reference, port, variables.Pairing(ROWS, [], []), [], (0,), {}, updated)


def compared(*given, **more):
    """`[(tensor, relative, within an ulp, note, phase)]`."""
    return [(row.tensor, row.difference.relative, row.difference.within_ulp, row.note, row.phase)
            for row in gradients.compared(sides(*given, **more))]


def rungs(*given):
    """Rungs of the same rows."""
    return [row.rung for row in gradients.compared(sides(*given))]


def test_gradients_are_compared_in_the_order_of_updates():
    found = compared({"0/w": [2.0], "2/w": [4.0]}, {"1/W": [4.5], "0/W": [2.0]})
    assert found == [("W", 0.0, False, "", 0), ("W", 0.125, False, "", 2)]


@pytest.mark.parametrize("theirs,ours,said", [
    (2, 1, "updated once in a step, in the reference twice"),
    (1, 2, "updated twice in a step, in the reference once"),
    (1, 3, "updated 3 times in a step, in the reference once"),
    (1, 0, "updated never in a step, in the reference once")])
def test_an_update_more_or_less_is_another_structure(theirs, ours, said):
    reference = {f"{phase}/w": [2.0] for phase in range(theirs)}
    port = {f"{update}/W": [2.0] for update in range(ours)}
    both = min(theirs, ours)  # those that both make are compared all the same
    first, *others = compared(reference, port)
    assert first == ("W", np.inf, False, said, 0)
    assert others == [("W", 0.0, False, "", phase) for phase in range(both)]
    assert rungs(reference, port) == [1] + both * [5]


def test_an_update_of_what_the_reference_does_not_train_is_said_unless_it_hides_its_gradients():
    ours = {"0/W": [1.0], "0/B": [1.0]}
    listed = [["W", "B"]]
    for names in ((), listed):
        assert compared({"0/w": [1.0]}, ours, listed=names)[1:] == [
            ("B", np.inf, False, "updated once in a step, in the reference never", 0)]
    assert rungs({"0/w": [1.0]}, ours, (), listed) == [5, 1]
    assert compared({"0/w": [1.0]}, ours, ["b"], listed)[1:] == []


def test_an_update_that_is_listed_without_a_gradient_lacks_the_gradient():
    assert compared({"0/w": [2.0], "1/w": [2.0]}, {"0/W": [2.0]}, listed=[["W"], ["W", "B"]]) == [
        ("W", 0.0, False, "", 0), ("W", np.inf, False, "the port gives no gradient", 1)]


@pytest.mark.parametrize("theirs,ours,rounding", [
    (9e-10, 5e-10, True), (5e-10, -9e-10, True), (1.1e-9, 5e-10, False), (5e-10, 1.1e-9, False)])
def test_gradients_that_are_rounding_beside_the_largest_of_their_phase_say_nothing(
        theirs, ours, rounding):
    found = compared({"0/w": [1000.0], "0/b": [theirs], "1/w": [1e9]},
                     {"0/W": [1000.0], "0/B": [ours], "1/W": [1e9]})
    row, = [row for row in found if row[0] == "B"]
    assert row[2] == rounding and row[1] > 0.1


def test_a_gradient_of_another_shape_is_never_rounding():
    found = compared({"0/w": [1.0], "0/b": [0.0, 1e-30]}, {"0/W": [1.0], "0/B": [1e-30]})
    assert found[1][1:3] == (np.inf, False)
