"""The protocol of a contestant, with streams and a clock of our own."""

import io
import json

import pytest

from benchmarks.speed.pace import Finished, Pace


def answers_to(commands, take):
    """The answers of a contestant on a clock that goes on by one second a call."""
    written = io.StringIO()
    pace = Pace(io.StringIO(commands), written, clock=iter(range(100)).__next__)
    with pytest.raises(Finished):
        take(pace)
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_steps_are_taken_when_they_are_asked_for():
    taken = []
    assert answers_to("1\n3\n", lambda pace: pace.run(taken.append)) == [
        {"steps": 1, "seconds": 1}, {"steps": 3, "seconds": 1}]
    assert taken == [1, 2, 3, 4]


def test_a_loop_of_many_steps_ends_beyond_what_was_asked_for():
    def loop(pace):
        for done in range(0, 1000, 50):
            pace.turn(done)

    assert [answer["steps"] for answer in answers_to("1\n60\n50\n", loop)] == [50, 100, 50]
