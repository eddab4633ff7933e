"""Arrays of a trace by what they are."""

import numpy as np

from parity.trace.trace import Trace

TRACE = Trace({name: np.float32(number) for number, name in enumerate([
    "gradient/1/0/g/w", "gradient/1/2/d/w", "gradient/10/0/g/w", "output/1/0/dense/activation",
    "rate/1/0/g/w", "last_rate/1/2/d/w", "entries/g/w"])})


def test_a_part_is_that_of_one_step():
    assert TRACE.part("gradient", 1) == {"0/g/w": "gradient/1/0/g/w", "2/d/w": "gradient/1/2/d/w"}
    assert TRACE.part("gradient", 2) == {} == TRACE.part("grad", 1)


def test_phases_are_numbers_and_what_they_hold_has_slashes():
    assert list(TRACE.by_phase("output", 1)) == [
        (0, "dense/activation", "output/1/0/dense/activation")]
    assert TRACE.phases(1) == [0, 2] and TRACE.phases(3) == []


def test_a_rate_is_that_of_the_step_or_of_the_last_one_before():
    assert TRACE.rate(1, "g/w") == TRACE.rate(1, "g/w", last=True) == 4.0
    assert TRACE.rate(1, "d/w", last=True) == 5.0
    assert TRACE.rate(1, "d/w") == 1.0


def test_a_trace_is_taken_as_it_is():
    assert Trace.of(TRACE) is TRACE
    assert dict(Trace.of({"a": 1})) == {"a": 1}
