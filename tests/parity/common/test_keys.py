"""Names of a trace's arrays, as both recorders write them and traces are kept in files."""

import pytest

from parity.common import keys
from parity.trace.trace import Trace


@pytest.mark.parametrize("key,expected", [
    (keys.prefix("before", 3), "before/3/"),
    (keys.before(3, "net/w"), "before/3/net/w"),
    (keys.after(3, "net/w"), "after/3/net/w"),
    (keys.biased_after(3, "net/w"), "biased_after/3/net/w"),
    (keys.gradient(3, 1, "net/w"), "gradient/3/1/net/w"),
    (keys.clipped(3, 1, "net/w"), "clipped/3/1/net/w"),
    (keys.rate(3, 1, "net/w"), "rate/3/1/net/w"),
    (keys.port_output(3, "net/0/0"), "output/3/net/0/0"),
    (keys.slot_after(3, 1, "net/w", "m"), "slot_after/3/1/net/w/m"),
    (keys.own_after(3, 1, "power"), "own_after/3/1/power"),
    (keys.start_state("net/w"), "state/net/w"),
    (keys.start_slot(1, "net/w", "m"), "slot/1/net/w/m"),
    (keys.start_own(1, "power"), "own/1/power"),
    (keys.start_iterations(1), "iterations/1")])
def test_a_key_begins_with_its_part(key, expected):
    assert key == expected


def test_a_trace_finds_keys_by_part_and_phase():
    trace = Trace({keys.gradient(3, 1, "net/w"): 5, keys.after(3, "net/w"): 6})
    assert list(trace.by_phase("gradient", 3)) == [(1, "net/w", "gradient/3/1/net/w")]
    assert trace.part("after", 3) == {"net/w": "after/3/net/w"}
