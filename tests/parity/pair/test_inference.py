"""What is computed without training is compared with the tensor that training tells."""

import numpy as np
import pytest

from parity import differences
from parity.pair import inference
from parity.pair import judgement
from parity.pair import variables

TRAINING = {"hidden": np.arange(6.0).reshape(2, 3), "out": np.arange(4.0).reshape(2, 2) + 9}
USED = {"hidden": TRAINING["hidden"] + 1, "out": TRAINING["out"] - 7}


def sides(dtype="float64", off=0.0):
    """`Sides` of a training pass; the port's hidden layer is `off` of its partner, relative."""
    reference = {f"output/0/0/{layer}": value.astype(dtype) for layer, value in TRAINING.items()}
    reference["gradient/0/0/w"] = np.ones(1)
    port = {"output/0/d1": (TRAINING["hidden"] * (1 + off)).astype(dtype),
            "output/0/d2": TRAINING["out"].astype(dtype)}
    return judgement.Sides(reference, port, variables.Pairing([], [], []), [], (0,), {})


def called(**changed):
    """What the port gives without training."""
    return {"output/0/d1": USED["hidden"], "output/0/d2": USED["out"],
            "output/0/returned/0": USED["out"], **changed}


def test_each_layer_is_compared_with_its_partner_in_training():
    rows, reason = inference.rows(sides(), "float64", USED, called())
    assert reason == ""
    assert [(row.rung, row.tensor, row.note, row.difference.identical) for row in rows] == [
        (3, "hidden, not training", "d1", True), (3, "out, not training", "d2", True)]


def test_another_value_differs_even_if_another_layer_has_the_right_one():
    rows, _ = inference.rows(sides(), "float64", USED, called(
        **{"output/0/d2": USED["out"] * 2, "output/0/other": USED["out"]}))
    assert [row.difference.relative for row in rows] == pytest.approx([0, 1])


def test_another_shape_differs():
    rows, _ = inference.rows(sides(), "float64", USED, called(**{"output/0/d2": np.ones(3)}))
    assert rows[1].difference.relative == float("inf")


def test_a_layer_whose_partner_training_does_not_tell_is_left_out():
    rows, _ = inference.rows(sides(off=1e-3), "float64", USED, called())
    assert [row.tensor for row in rows] == ["out, not training"]
    assert inference.rows(sides(), "float64", {}, called()) == (
        [], "no layer's partner is told by the training pass")


def test_losses_that_agree_excuse_no_difference_without_training():
    row = judgement.Compared(3, "out" + judgement.NOT_TRAINING, 0,
                             differences.Difference(False, 1.0))
    loss = judgement.Compared(4, "loss", 0, differences.Difference(True, 0.0))
    seen = judgement.Seen([row, loss, row._replace(tensor="out")], set())
    result = judgement.judge("port", seen, seen, [], {"float32": {}, "float64": {}})
    assert {finding.tensor for finding in result.findings if finding.rung == 3} == {
        "out, not training"}


def test_the_reason_is_a_finding_that_counts_for_nothing():
    finding = inference.not_run("float64", inference.OBJECT)
    assert (finding.rung, finding.verdict, finding.note) == (
        3, differences.NOT_RUN, "the port's step does not say what its model takes")
