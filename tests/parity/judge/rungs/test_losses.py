"""Rung 4 on hand-made losses of two phases."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge.compared import Compared
from parity.judge.rungs import losses
from parity.judge.sides import Sides
from parity.pair import variables


def compared(theirs, ours):
    """`{tensor: Compared}` of losses after step 2."""
    reference = {f"loss/2/{name}": np.asarray(value) for name, value in theirs.items()}
    port = {f"loss/2/{name}": np.asarray(value) for name, value in ours.items()}
    return {row.tensor: row for row in losses.compared(
        Sides(reference, port, variables.Pairing([], [], []), [], (2,), {}))}


def test_each_loss_has_the_nearest_of_the_port_as_its_partner():
    found = compared({"0/d:0": 1.0, "1/g:0": 4.0}, {"g_loss": 4.5, "d_loss": 1.0, "sum": 9.0})
    assert {tensor: (row.note, row.difference.relative, row.phase, row.step, row.rung)
            for tensor, row in found.items()} == {
                "d:0 of phase 1": ("d_loss", 0.0, 0, 2, 4),
                "g:0 of phase 2": ("g_loss", 0.125, 1, 2, 4)}


def test_a_loss_of_one_number_may_have_any_shape():
    found = compared({"0/d:0": [[1.0]]}, {"d_loss": [1.0]})
    assert found["d:0 of phase 1"].difference.identical


def test_a_loss_of_several_numbers_is_none_of_the_ports():
    found = compared({"0/d:0": 2.0}, {"many": [2.0, 2.0], "one": 3.0})
    assert found["d:0 of phase 1"].note == "one"


def test_a_loss_of_several_numbers_in_the_reference_does_not_keep_others_from_it():
    assert list(compared({"0/many:0": [1.0, 2.0], "0/d:0": 2.0}, {"one": 2.0})) == [
        "d:0 of phase 1"]


@pytest.mark.parametrize("ours", [{}, {"many": [2.0, 2.0]}])
def test_where_the_port_says_no_loss_none_is_identical(ours):
    assert not [row for row in compared({"0/d:0": 2.0}, ours).values() if row.difference.identical]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_loss_of_the_reference_that_is_no_number_is_inconclusive(value):
    assert compared({"0/d:0": value}, {"d_loss": value})["d:0 of phase 1"].at_best == (
        differences.INCONCLUSIVE)


def test_of_the_same_loss_in_two_phases_one_is_enough_in_each_precision():
    def row(tensor, dtype, verdict, rung=4):
        return Compared(rung, tensor, 0, differences.Difference(False, 1.0)), dtype, verdict
    judged = [row("d:0 of phase 1", "float64", "different"),
              row("d:0 of phase 2", "float64", "identical"),
              row("d:0 of phase 1", "float32", "different"),
              row("g:0 of phase 1", "float64", "different"),
              row("w", "float64", "different", rung=6)]
    assert losses.cleared(judged) == judged[1:]
