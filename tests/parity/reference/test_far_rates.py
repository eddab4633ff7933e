"""Rates at steps that were never taken, as the captured graph computes them."""

import numpy as np
import pytest

from parity.reference import far_rates
from parity.reference import rate_formula
from parity.reference import recording

COMPARED = [0, 2]
STEPS = [0, 1, 10, 100, 1000, 10000, 100000, 1000000]
K = np.array(STEPS, np.float64)
SCHEDULES = {
    "staircase": 0.5 * 0.96 ** np.floor(K / 1000), "exponential": 0.5 * 0.96 ** (K / 300),
    "piecewise": np.select([K <= 500, K <= 20000], [0.3, 0.1], 0.01),
    "polynomial": 0.499 * (1 - np.minimum(K, 5000) / 5000) ** 2 + 0.001,
    "cosine": 0.5 * (0.99 * 0.5 * (1 + np.cos(np.pi * np.minimum(K, 3000) / 3000)) + 0.01),
    "held": 0.4 / (1 + 0.02 * K), "waiting": np.full(len(K), 0.25)}


@pytest.fixture(name="told", scope="module", params=["float32", "float64"])
def fixture_told(request, captured_program, tmp_path_factory):
    """(precision, `{scope of the variable: what the job says of its rate}`)."""
    captured = captured_program("scheduled")
    trace = str(tmp_path_factory.mktemp("trace") / "steps.npz")
    recording.record({"captured": captured.path, "dtype": request.param, "steps": COMPARED,
                     "out": trace})
    found = far_rates.read({"captured": captured.path, "dtype": request.param, "trace": trace,
                            "compared": COMPARED, "steps": STEPS})
    return request.param, {
        name.partition("/")[0] + ("" if entry["what"] == "rate" else "@" + entry["what"]): entry
        for entry in found for name in entry["variables"]}


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_a_schedule_is_what_its_formula_says_at_every_step(told, name):
    dtype, found = told
    assert found[name]["reason"] == ""
    bound = {"rtol": 1e-7, "atol": 0} if dtype == "float64" else {"rtol": 1e-3, "atol": 1e-30}
    np.testing.assert_allclose(found[name]["values"], SCHEDULES[name], **bound)


@pytest.mark.parametrize("name,least,most", [
    ("waiting", 0.0, 0.0),  # a number that float32 holds as it is
    ("piecewise", 7e-9, 8e-9), ("polynomial", 1e-10, 2e-9), ("held", 5e-10, 1e-9)])
def test_what_float32_may_change_of_a_late_rate(told, name, least, most):
    _, found = told
    assert least <= found[name]["rounding"][5] <= most


def test_exponents_amplify_rounding_and_stairs_stay(told):
    _, found = told
    relative = np.array(found["staircase"]["rounding"]) / SCHEDULES["staircase"]
    assert np.all(relative[4:7] < 2e-5)  # steps that are whole numbers of stairs
    assert relative[7] > 10 * relative[5] > 10 * relative[0]


@pytest.mark.parametrize("name,reason", [
    ("followed", "its rate follows the variable factor, which no counter of steps tells"),
    ("of_python", "its rate follows the variable rate_of_python, which no counter of steps tells"),
    ("fed", "the program feeds its rate, as fed_rate"),
    ("unevenly", "its counter uneven does not grow evenly"),
    ("both", "its rate follows several counters: global_step, uneven")])
def test_a_rate_that_cannot_be_told_says_why(told, name, reason):
    _, found = told
    assert found[name] == {"what": "rate", "variables": [name + "/w"], "values": [],
                           "rounding": [], "reason": reason}


def test_a_momentum_that_is_computed_is_said(told):
    _, found = told
    assert [name for name in found if "@" in name] == ["momentum@momentum"]
    assert found["momentum@momentum"]["reason"].startswith("the graph computes it, by ")
    assert found["momentum"]["values"] == [0.25] * len(STEPS)


def test_a_rate_that_was_another_in_the_steps_is_not_told(captured_program, tmp_path):
    captured, trace = captured_program("scheduled"), str(tmp_path / "steps.npz")
    recording.record({"captured": captured.path, "dtype": "float64", "steps": COMPARED,
                     "out": trace})
    with np.load(trace) as found:
        arrays = dict(found)
    arrays["rate/2/0/held/w"] = arrays["rate/2/0/held/w"] * (1 + 1e-9)
    np.savez(trace, **arrays)
    entries = far_rates.read({"captured": captured.path, "dtype": "float64", "trace": trace,
                              "compared": COMPARED, "steps": STEPS})
    assert {entry["reason"] for entry in entries if entry["variables"] == ["held/w"]} == {
        "its rate in the compared steps is not what its counter global_step tells"}


def test_numbers_that_float32_holds_have_no_unit_and_tiny_ones_are_0():
    unit = rate_formula._float32_unit
    assert (unit(0.0), unit(0.5), unit(1e39), unit(np.nan)) == (0.0, 0.0, 0.0, 0.0)
    assert unit(0.96) == unit(-0.96) == 2.0 ** -24
    assert unit(1e-200) == np.finfo(np.float32).tiny
