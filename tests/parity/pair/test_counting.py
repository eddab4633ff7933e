"""The updates that TensorFlow 1's powers and counters tell, and what a counter holds after them."""

import numpy as np
import pytest

from parity.pair import counting
from parity.pair import mapping
from parity.pair import powers
from parity.trace.trace import Trace
from tests.parity.pair.described import both, entry, port

BETAS = {"beta1": 0.9, "beta2": 0.999}


def found(slots=None, counter=None, first=None, begins=0):
    """A `Mapping` of one variable, and of a global step."""
    reference, ported = both(
        [entry("w", "kernel", [3, 2]),
         entry("global_step", "state", [], "state", False, dtype="int64")],
        [port("d/kernel", [3, 2])], trained=["d/kernel"],
        updates=[{"variable": "w", "kind": "Adam", "slots": slots or {}, "scope": "o",
                  "constants": BETAS, "counter": counter}])
    reference["first_counts"] = first or {}
    ported["optimizers"][0]["iterations"] = begins
    return mapping.mapping(reference, ported)


def trace(count, grows=1, updates=1, **more):
    made = {"before/0/global_step": np.int64(count), "after/0/global_step": np.int64(count + grows)}
    made.update((f"rate/0/{phase}/w", np.float32(0.1)) for phase in range(updates))
    made.update((f"before/0/{name}", np.float32(value)) for name, value in more.items())
    return Trace(made)


POWERS = {"beta1_power": "one", "beta2_power": "two"}


@pytest.mark.parametrize("made,expected", [(3, 3), (651, 651), (2000, 2000)])
def test_powers_come_before_counters_and_the_second_tells_when_the_first_has_vanished(
        made, expected):
    told = trace(7, one=powers.power(made, 0.9, np.float32),
                 two=powers.power(made, 0.999, np.float32))
    assert counting.updates(told, found(POWERS), 0, 0) == expected


def test_a_counter_tells_what_vanished_powers_do_not():
    told = trace(500000, one=0.0, two=0.0)
    assert counting.updates(told, found(POWERS), 0, 0) == 500000


def test_vanished_powers_alone_tell_that_there_were_many():
    pair = found(POWERS)
    pair.reference["variables"][:] = pair.reference["variables"][:1]
    assert counting.updates(trace(0, one=0.0, two=0.0), pair, 0, 0) > 60000


def test_without_powers_and_counters_it_is_the_step_of_the_capture():
    pair = found()
    pair.reference["variables"][:] = pair.reference["variables"][:1]
    assert counting.updates(trace(9), pair, 5, 0) is None
    assert counting.iterations(trace(9), pair, 5, 0) == 5


@pytest.mark.parametrize("grows,updates,first,begins,made", [
    (1, 1, {}, 0, 12), (2, 1, {}, 0, 6), (1, 2, {}, 0, 24), (1, 1, {"global_step": 2}, 0, 10),
    (1, 1, {"global_step": 2}, 5, 15), (2, 1, {"global_step": 2}, 5, 10)])
def test_a_counter_grows_beside_the_updates_and_goes_back(grows, updates, first, begins, made):
    pair, told = found(first=first, begins=begins), trace(12, grows, updates)
    assert counting.updates(told, pair, 0, 0) == made
    assert counting.pace(told, pair, 0, "global_step", 0).count_after(made) == 12


def test_a_counter_that_does_not_grow_in_a_step_tells_no_number():
    pace = counting.pace(trace(12, grows=0), found(), 0, "global_step", 0)
    assert pace.count_after(3) is None and pace.updates_at(12) == 12


def test_a_schedules_counter_comes_before_the_global_step():
    pair = found(counter="decay_step")
    assert counting.counters(pair, 0) == ["decay_step", "global_step"]
