"""Learning rates at far steps, on hand-made numbers."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import verdicts
from parity.judge.rungs import rates

STEADY = [0.5] * len(rates.STEPS)
HALVED = [0.5] * 4 + [0.25] * 4  # from step 1,000 on


def both(reference, port, rounding=0.0, **more):
    return rates.Rates("rate of optimiser 1", list(reference), list(port),
                       [rounding] * len(rates.STEPS), **more)


def judged(each, dtype="float64"):
    """`{tensor: verdict}`, in order."""
    verdict = verdicts.in_float64 if dtype == "float64" else verdicts.alone
    return {row.tensor: verdict(row) for row in rates.compared(each, dtype)}


def test_the_steps_are_powers_of_ten():
    assert rates.STEPS == (0, *(10 ** power for power in range(7)))


def test_rates_that_never_change_are_one_row():
    row, = rates.compared(both(STEADY, STEADY), "float64")
    assert (row.rung, row.tensor, row.note) == (8, "rate of optimiser 1, at every step", "")
    assert row.difference.identical


def test_a_schedule_has_a_row_a_step_and_departs_where_it_does():
    found = judged(both(HALVED, STEADY))
    assert list(found) == [f"rate of optimiser 1 at step {step}" for step in rates.STEPS]
    assert list(found.values()) == [differences.IDENTICAL] * 4 + [differences.DIFFERENT] * 4


def test_a_difference_is_said_with_both_numbers_and_stands_at_its_step():
    row = list(rates.compared(both(HALVED, STEADY, phase=1), "float64"))[4]
    assert (row.step, row.phase, row.difference.relative) == (1000, 1, 1.0)
    assert row.note == "0.25, 0.5 in the port"


@pytest.mark.parametrize("off,rounding,verdict", [
    (0.0, 0.0, differences.IDENTICAL), (1e-15, 0.0, differences.ROUNDING),
    (4e-8, 0.0, differences.CONSTANTS), (2e-7, 0.0, differences.CONSTANTS),
    (3e-7, 0.0, differences.DIFFERENT), (1e-5, 0.0, differences.DIFFERENT),
    (1e-5, 1e-5, differences.CONSTANTS),  # 0.96 to the power of 10,000 in float32
    (1e-5, 1e-6, differences.DIFFERENT)])
def test_what_float32_makes_of_a_rate_is_constants_and_more_is_different(off, rounding, verdict):
    port = [rate * (1 + off) for rate in STEADY]
    assert set(judged(both(STEADY, port, 0.5 * rounding)).values()) == {verdict}


@pytest.mark.parametrize("off,verdict", [
    (1e-7, differences.ROUNDING), (1e-4, differences.DIFFERENT)])
def test_without_float64_what_is_above_measured_rounding_is_different(off, verdict):
    port = [rate * (1 + off) for rate in STEADY]
    assert set(judged(both(STEADY, port), "float32").values()) == {verdict}


def test_in_float32_numbers_are_those_of_float32():
    row, = rates.compared(both([0.1] * 8, [float(np.float32(0.1))] * 8), "float32")
    assert row.difference.identical


@pytest.mark.parametrize("reference,port,verdict", [
    (1e-200, 0.0, differences.ROUNDING), (1e-41, 0.0, differences.ROUNDING),
    (0.0, 1e-41, differences.ROUNDING), (0.0, float(np.finfo(np.float32).tiny),
                                         differences.ROUNDING), (1e-37, 0.0, differences.DIFFERENT),
    (0.0, 1e-3, differences.DIFFERENT)])
def test_what_float32_cannot_tell_from_0_is_0(reference, port, verdict):
    found = judged(both(STEADY[1:] + [reference], STEADY[1:] + [port]))
    assert list(found.values())[-1] == verdict


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_rate_of_the_port_that_is_no_number_is_different(broken):
    assert list(judged(both(STEADY, STEADY[1:] + [broken])).values())[-1] == differences.DIFFERENT


def test_a_factor_of_the_ports_own_is_taken_out_and_said():
    twice = both(HALVED, [2 * rate for rate in HALVED])
    assert twice.starts_apart() and not both(HALVED, HALVED).starts_apart()
    assert set(judged(twice.scaled()).values()) == {differences.IDENTICAL}
    found = list(rates.compared(both(HALVED, [1.0] * 8).scaled(), "float64"))
    assert [row.difference.relative for row in found] == [0.0] * 4 + [1.0] * 4
    assert found[4].note == (
        "0.25, 1 in the port, whose first update is that of 0.5 times its rate")


@pytest.mark.parametrize("first,ours", [(0.0, 0.5), (0.5, 0.0)])
def test_a_rate_of_0_tells_no_factor(first, ours):
    assert both([first] + STEADY[1:], [ours] + STEADY[1:]).scaled().scale == 1.0


def test_what_a_side_cannot_tell_is_not_run_and_says_why():
    silent = both([], STEADY, reason="the program feeds its rate, as lr")
    assert not list(rates.compared(silent, "float64")) and not silent.starts_apart()
    finding = rates.not_run(silent, "float64")
    assert (finding.rung, finding.tensor, finding.verdict, finding.note) == (
        8, "rate of optimiser 1", differences.NOT_RUN,
        "not compared at far steps: the program feeds its rate, as lr")


def test_the_factor_is_that_of_the_first_rates_and_none_where_one_of_them_is_0():
    assert both(HALVED, [0.25] * 8).scaled().scale == 2.0
    assert both([0.75] + HALVED[1:], [0.25] * 8).scaled().scale == 3.0
    assert both([0.0] + HALVED[1:], HALVED).scaled().scale == 1.0
    assert both(HALVED, [0.0] + HALVED[1:]).scaled().scale == 1.0


def test_beside_rates_that_are_all_0_a_difference_is_the_ports_rate_itself():
    row, = rates.compared(both([0.0] * 8, [3e-7] * 8), "float64")
    assert row.difference.relative == 3e-7
    assert verdicts.in_float64(row) == differences.DIFFERENT
