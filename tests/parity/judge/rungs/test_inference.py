"""What is computed without training is compared with the tensor that training tells."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import judge
from parity.judge.compared import Compared
from parity.judge.tensor_names import NOT_TRAINING
from parity.judge.rungs import forward
from parity.judge.sides import Sides
from parity.judge.trained import TRAINED
from parity.pair import variables

TRAINING = {"hidden": np.arange(6.0).reshape(2, 3), "out": np.arange(4.0).reshape(2, 2) + 9}
USED = {"hidden": TRAINING["hidden"] + 1, "out": TRAINING["out"] - 7}


def sides(off, dtype="float64"):
    """`Sides` of a training pass; the port's hidden layer is `off` of its partner, relative."""
    reference = {f"output/0/0/{layer}": value for layer, value in TRAINING.items()}
    reference["gradient/0/0/w"] = np.ones(1)
    reference = {name: value.astype(dtype) for name, value in reference.items()}
    port = {"output/0/d1": TRAINING["hidden"] * (1 + off), "output/0/d2": TRAINING["out"]}
    port = {name: value.astype(dtype) for name, value in port.items()}
    return Sides(reference, port, variables.Pairing([], [], []), [], (0,), {})


def inferred(theirs, ours, off=0.0):
    """The rows of what both sides give without training."""
    return list(forward.inference(sides(off=off), "float64", theirs, ours))


def called(**changed):
    """What the port gives without training."""
    return {"output/0/d1": USED["hidden"], "output/0/d2": USED["out"],
            "output/0/returned/0": USED["out"], **changed}


def test_each_layer_is_compared_with_its_partner_in_training():
    rows = inferred(USED, called())
    assert [(row.rung, row.tensor, row.note, row.difference.identical) for row in rows] == [
        (3, "hidden, not training", "d1", True), (3, "out, not training", "d2", True)]


def test_another_value_differs_even_if_another_layer_has_the_right_one():
    rows = inferred(USED, called(
        **{"output/0/d2": USED["out"] * 2, "output/0/other": USED["out"]}))
    assert [row.difference.relative for row in rows] == pytest.approx([0, 1])
    entry = rows[1].numbers.entries[0]
    assert rows[0].numbers is None and entry.reference == USED["out"][entry.place]
    assert entry.port == 2 * entry.reference


def test_another_shape_differs():
    rows = inferred(USED, called(**{"output/0/d2": np.ones(3)}))
    assert rows[1].difference.relative == float("inf")


def test_a_layer_whose_partner_training_does_not_tell_is_left_out():
    rows = inferred(USED, called(), off=1e-3)
    assert [row.tensor for row in rows] == ["out, not training"]
    assert inferred({}, called()) == []


@pytest.mark.parametrize("dtype,off,told", [
    ("float32", 0.9e-4, True), ("float32", 1.1e-4, False), ("float64", 0.9e-9, True),
    ("float64", 1.1e-9, False)])
def test_training_tells_a_partner_that_comes_as_near_as_its_precision_has_it(dtype, off, told):
    rows = list(forward.inference(sides(off, dtype), dtype, USED, called()))
    assert [row.tensor for row in rows] == ["hidden, not training"] * told + ["out, not training"]


def test_losses_that_agree_excuse_no_difference_without_training():
    row = Compared(3, "out" + NOT_TRAINING, 0, differences.Difference(False, 1.0))
    loss = Compared(4, "loss", 0, differences.Difference(True, 0.0))
    seen = dict.fromkeys(("float32", "float64"),
                         judge.Comparison([row, loss, row._replace(tensor="out")], set()))
    result = judge.judge("port", seen, [], dict.fromkeys(seen, {}), TRAINED)
    assert {finding.tensor for finding in result.findings if finding.rung == 3} == {
        "out, not training"}


def test_the_reason_is_a_finding_that_counts_for_nothing():
    finding = forward.not_run("float64", "it is not known")
    assert (finding.rung, finding.verdict, finding.note) == (
        3, differences.NOT_RUN, "it is not known")
