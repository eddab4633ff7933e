"""Rung 4 on hand-made losses of two phases."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge.compared import Compared, Judged
from parity.judge.rungs import losses
from parity.judge.sides import Sides
from parity.pair import variables


def sides(theirs, ours):
    """`Sides` of step 2."""
    reference = {f"loss/2/{name}": np.asarray(value) for name, value in theirs.items()}
    port = {f"loss/2/{name}": np.asarray(value) for name, value in ours.items()}
    return Sides(reference, port, variables.Pairing([], [], []), [], (2,), {})


def compared(theirs, ours):
    """`{tensor: Compared}` of losses."""
    return {row.tensor: row for row in losses.compared(sides(theirs, ours))}


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


@pytest.mark.parametrize("ours,note", [
    ({"sum": 3.0, "other": 1.4}, "sum"), ({"mean": 1.5, "other": 3.2}, "mean"),
    ({"rows": [1.0, 2.0], "sum": 3.0}, "rows")])
def test_a_loss_of_each_row_is_compared_as_the_port_returns_it(ours, note):
    row = compared({"0/many:0": [1.0, 2.0]}, ours)["many:0 of phase 1"]
    assert row.difference.identical and row.note == note


@pytest.mark.parametrize("ours", [{}, {"many": [2.0, 2.0]}])
def test_where_the_port_says_no_loss_none_is_identical(ours):
    assert not [row for row in compared({"0/d:0": 2.0}, ours).values() if row.difference.identical]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_loss_of_the_reference_that_is_no_number_is_inconclusive(value):
    assert compared({"0/d:0": value}, {"d_loss": value})["d:0 of phase 1"].at_best == (
        differences.INCONCLUSIVE)


def row(tensor, dtype, verdict, rung=4, note=""):
    return Judged(Compared(rung, tensor, 0, differences.Difference(False, 1.0), note=note), dtype,
                  verdict)


@pytest.mark.parametrize("following", [True, False])
def test_of_the_same_loss_in_two_phases_one_is_enough_in_each_precision(following):
    judged = [row("d:0 of phase 1", "float64", "different"),
              row("d:0 of phase 2", "float64", "identical", note="d"),
              row("d:0 of phase 1", "float32", "different"),
              row("g:0 of phase 1", "float64", "different"),
              row("w", "float64", "different", rung=6)]
    assert losses.cleared(judged, following) == judged[1:]


def test_a_loss_whose_nearest_is_taken_by_another_is_not_run_where_gradients_agree():
    place = "d_loss, of fewer losses than the reference has"
    judged = [row("d:0 of phase 1", "float64", "identical", note=place),
              row("g:0 of phase 2", "float64", "different", note=place),
              row("g:0 of phase 2", "float32", "different", note=place)]
    assert losses.cleared(judged, False) == judged
    first, second, third = losses.cleared(judged, True)
    assert (first, third) == (judged[0], judged[2])  # none of float32 is taken
    assert second.verdict == "not run" and second.row.note == (
        "the port returns no loss that is near it, and its gradients agree")


@pytest.mark.parametrize("theirs,ours,said", [
    ({"0/d:0": 1.0}, {"d": 2.0}, []),
    ({}, {"d": 2.0}, [("losses", "the capture holds none, only gradients")]),
    ({"0/d:0": 1.0, "1/g:0": 1.0}, {}, [
        ("d:0 of phase 1", "the port's step returns no loss"),
        ("g:0 of phase 2", "the port's step returns no loss")]),
    ({"1/g:0": [1.0, 2.0, 3.0]}, {"many": [1.0, 2.0]}, [
        ("g:0 of phase 2", "the port returns no loss of its size, nor its sum or its mean")])])
def test_a_loss_without_a_partner_is_said(theirs, ours, said):
    found = list(losses.not_run(sides(theirs, ours), "float64"))
    assert [(each.tensor, each.note) for each in found] == said
    assert {(each.rung, each.dtype, each.verdict) for each in found} <= {
        (4, "float64", differences.NOT_RUN)}


def test_a_port_that_returns_as_many_losses_as_there_are_says_each():
    """A wrong one does not go for one that is left out, nor is it held against the other's."""
    theirs = {"0/d:0": 1.0, "1/g:0": 2.0}
    one = compared(theirs, {"d_loss": 1.0})
    assert {each.note for each in one.values()} == {
        "d_loss, of fewer losses than the reference has"}
    both = compared(theirs, {"d_loss": 1.0, "g_loss": 9.0})
    assert {each.note: each.difference.relative for each in both.values()} == {
        "d_loss": 0.0, "g_loss": 3.5}
    judged = [Judged(each, "float64",
                     "identical" if each.difference.identical else "different")
              for each in both.values()]
    assert losses.cleared(judged, True) == judged


def test_two_losses_of_one_value_may_be_one_of_the_ports():
    found = compared({"0/d:0": 1.0, "1/same:0": 1.0}, {"loss": 1.0, "accuracy": 5.0})
    assert [(row.note, row.difference.identical) for row in found.values()] == [("loss", True)] * 2
