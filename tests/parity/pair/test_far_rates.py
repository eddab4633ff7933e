"""Schedules and counters that no compared step shows: programs and ports of scheduled/."""

import functools
import os

import pytest

from parity.judge import differences
from parity.judge import findings
from parity.pair import remarks
from tests.parity.pair.verifications import search_no_causes, Verifications

SCHEDULED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scheduled")
# A right port beside wrong ones of the same program.
_slow = functools.partial(pytest.param, marks=pytest.mark.slow)
AGREE = (differences.IDENTICAL, differences.ROUNDING, differences.CONSTANTS)


@pytest.fixture(name="verified", scope="module")
def fixture_verified(repository, tmp_path_factory):
    """Function (program, port, **arguments of the port) that returns the `Result`.

    No cause is looked for.
    """
    verifications = Verifications(repository, tmp_path_factory.mktemp("pairs"),
                                  os.environ.get("LEGACY_PYTHON"), steps=3)

    def verify(program, port="", **arguments):
        return verifications(f"{SCHEDULED}/legacy.py:{program}",
                             f"{SCHEDULED}/modern.py:{port or program}", **arguments)
    with pytest.MonkeyPatch.context() as patch:
        search_no_causes(patch)
        yield verify
    verifications.close()


def rates(result):
    """`{tensor: finding}` of rates at far steps."""
    return {finding.tensor: finding for finding in result.findings
            if finding.tensor.startswith("rate of ")}


def departures(result):
    """`{number of the optimiser: the first step at which its rate is another}`."""
    found = {}
    for finding in rates(result).values():
        if finding.verdict == differences.DIFFERENT:
            words = finding.tensor.split()
            found[int(words[3])] = min(finding.step, found.get(int(words[3]), finding.step))
    return found


def test_schedules_of_keras_are_those_of_tensorflow_1_at_every_step(verified):
    result = verified("rates")
    assert findings.exit_status([result]) == 0, result.first_difference
    found = rates(result)
    told = {name.partition(" at step ")[0] for name in found}
    assert told == {*(f"rate of optimiser {number}" for number in range(1, 8)),
                    "rate of optimiser 8, at every step"}
    assert {each.dtype for each in found.values()} == {"float64"}
    assert {each.verdict for each in found.values()} <= set(AGREE)
    # Beside the powers of ten: the boundaries of the third, the decay steps of others.
    assert {0, 1, 10, 10 ** 6, 999, 1000, 1001} <= {each.step for each in found.values()}


@pytest.mark.slow
def test_each_schedule_with_another_number_departs_where_it_shows(verified):
    result = verified("rates", factor=0.5, boundary=5000, end=0.0010001, alpha=0.0101,
                      decay=0.5001, steps=301)
    assert findings.exit_status([result]) == 1
    assert (result.first_difference.rung, result.first_difference.verdict) == (8, "different")
    # Of the second by 9e-7 at step 2, of the sixth by 1e-6 at step 10, before that: rounding.
    assert departures(result) == {1: 1000, 2: 2, 3: 501, 4: 2999, 5: 299, 6: 10}
    assert rates(result)["rate of optimiser 3 at step 501"].note == "0.1, 0.300000012 in the port"


def test_a_rate_that_never_falls_is_the_first_difference(verified):
    result = verified("decayed", constant=True)
    first = result.first_difference
    assert findings.exit_status([result]) == 1
    assert (first.rung, first.tensor, first.relative) == (
        8, "rate of optimiser 1 at step 1000", pytest.approx(1.0))
    assert "  rate of optimiser 1 at step 1000: 0.15, 0.3 in the port" in remarks.lines(result)


@pytest.mark.parametrize("port,arguments,status", [
    _slow("decayed", {}, 0), ("halved", {}, 0), ("halved", {"factor": 0.6}, 1)])
def test_an_optimiser_may_move_by_a_part_of_its_rate(verified, port, arguments, status):
    result = verified("decayed", port, **arguments)
    assert findings.exit_status([result]) == status, result.first_difference
    assert departures(result) == ({1: 1000} if status else {})


def test_what_a_side_cannot_tell_is_said_and_no_difference(verified):
    by_hand = verified("decayed", "set_by_hand")
    assert findings.exit_status([by_hand]) == 0
    assert ("  rate of optimiser 1: not compared at far steps: the port sets its rate itself"
            in remarks.lines(by_hand))
    variable = verified("of_python")
    assert findings.exit_status([variable]) == 0
    assert ("  rate of optimiser 1: not compared at far steps: its rate follows the variable "
            "rate_of_python, which no counter of steps tells" in remarks.lines(variable))


@pytest.mark.parametrize("program,arguments,departs", [
    _slow("counted_from_100", {}, {}),  # the schedule knows of the steps before
    ("counted_from_100", {"assigned": True}, {}),  # the optimiser does
    _slow("counted_from_100", {"begins": 0}, {1: 0}),
    _slow("shared_counter", {}, {}), ("shared_counter", {"counts": 1}, {1: 1, 2: 1}),
    _slow("repeated", {}, {}), _slow("repeated", {"steps": 2}, {1: 1})])
def test_steps_are_counted_as_each_side_counts_them(verified, program, arguments, departs):
    result = verified(program, **arguments)
    assert findings.exit_status([result]) == (1 if departs else 0), result.first_difference
    assert departures(result) == departs


@pytest.mark.parametrize("program,arguments,tensors", [
    ("starts", {}, []), _slow("adam", {}, []),
    ("starts", {"average": "zeros", "variance": "zeros", "accumulator": 0.25},
     ["norm/moving_variance", "hidden/kernel@accumulator", "hidden/kernel@average"]),
    ("adam", {"begins": 10}, ["updates of optimiser 1"])])
def test_state_and_counts_start_as_the_reference_starts_them(
        verified, program, arguments, tensors):
    result = verified(program, **arguments)
    apart = {finding.tensor.replace("sequential/", "") for finding in result.findings
             if finding.verdict == differences.DIFFERENT}
    assert findings.exit_status([result]) == (1 if tensors else 0), result.first_difference
    assert {f"{tensor} at the start" for tensor in tensors} <= apart
    if tensors:
        assert (result.first_difference.rung, result.first_difference.verdict) == (7, "different")
        assert result.first_difference.tensor.endswith(" at the start")
    else:
        assert not apart
