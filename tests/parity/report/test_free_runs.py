"""What is said of free runs that no picture shows."""

import base64

import pytest

from parity.report import free_runs
from parity.report import plots


@pytest.mark.parametrize("drift,said", [
    ({"float64": [0.0] * 5, "float32": [0.0] * 3},
     "No drift: the free runs are equal at each of 4 steps."),
    ({"float64": [0.0, 1e-16, 3e-16], "float32": [0.0]},
     "No drift beyond rounding: the free runs are 3.0e-16 of the way moved apart at most, in 2 "
     "steps.")])
def test_the_longest_of_the_runs_counts(drift, said):
    text = free_runs.section({"drift": drift})
    assert said in text and "figure" not in text


def test_nothing_is_said_where_nothing_ran_freely():
    assert free_runs.section({}) == ""


def test_losses_of_the_reference_are_those_of_tensorflow_1():
    theirs, ours = [4.0, 3.0, 2.0], [4.0, 2.0, 3.0]
    text = free_runs.section({"losses": {"loss": (theirs, ours)}})
    assert base64.b64encode(plots.losses(theirs, ours).encode()).decode() in text
    assert "the curves coincide up to step 0" in text
