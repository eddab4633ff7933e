"""What depends on the order of racing accesses: through tensors and through variables."""

import pytest

from parity.reference import call_races
from parity.reference import raced_values


def _names(captured):
    return raced_values.names(captured, call_races.of(captured).races)


def test_updates_of_a_racing_read_depend_on_it(captured_program):
    assert _names(captured_program("counts_while_it_reads")) == {"w", "mul:0"}


@pytest.mark.parametrize("name, raced", [
    ("writes_twice", {"average", "w"}), ("regression", set())])
def test_a_variable_that_is_written_twice_and_what_reads_it(captured_program, name, raced):
    assert _names(captured_program(name)) == raced


def test_what_only_waits_for_an_update_does_not_depend_on_it(captured_program):
    assert _names(captured_program("real_first")) == {
        "discriminator/norm/moving_mean", "discriminator/norm/moving_variance"}
