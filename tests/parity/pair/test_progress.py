"""What a verification says while it runs: times in words, estimates, the recorders' jobs."""

import contextlib
import time

import pytest

from parity.pair import progress

DESCRIBED = {"steps": 10, "phases": 2, "variables": [
    {"shape": [1000, 1000]}, {"shape": []}, {"shape": None}, {"shape": [None, 3]}]}


@pytest.mark.parametrize("seconds, said", [
    (0, "about 10 s"), (14, "about 10 s"), (26, "about 30 s"), (94, "about 90 s"),
    (95, "about 2 minutes"), (600, "about 10 minutes")])
def test_times_are_said_in_words(seconds, said):
    assert progress.about(seconds) == said


def test_a_pair_is_estimated_by_its_steps_variables_and_numbers():
    assert progress.numbers(DESCRIBED) == 1_000_001
    whole = progress.estimate(DESCRIBED)
    assert whole == pytest.approx(10 + 0.5 * 20 + 0.3 * 4 + 5e-6 * 1_000_001)
    assert progress.estimate(DESCRIBED, 4) == pytest.approx(whole - 6.0)
    assert progress.estimate(DESCRIBED, 99) == whole
    assert progress.estimate(DESCRIBED, float32_only=True) == whole / 2


def test_steps_that_cannot_be_compared_are_said():
    whole, cut = {"steps": 10, "without_inputs": 0}, {"steps": 3, "without_inputs": 7}
    assert progress.steps(whole) == progress.steps(whole, 11) == "10 steps"
    assert (progress.steps(whole, 1), progress.steps(cut, 3)) == ("1 step", "3 steps")
    assert progress.steps(cut) == progress.steps(cut, 4) == (
        "the first 3 of 10 captured steps (inputs of later ones were not kept)")


def test_lines_have_the_seconds_since_they_began(monkeypatch):
    now, lines = [100.0], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    show = progress.timed(lines.append)
    now[0] = 112.6
    show("recording")
    assert lines == ["[  13 s] recording"]


class Recorders:
    """Recorders that answer with what they are asked."""

    closed = False

    @staticmethod
    def reference(job, **arguments):
        return "reference", job, arguments

    @contextlib.contextmanager
    def port(self):
        yield lambda job, **arguments: ("port", job, arguments)
        self.closed = True


def test_recorders_say_what_they_do_and_answer_as_they_are():
    lines, recorders = [], Recorders()
    told = progress.Announced(recorders, lines.append)
    assert told.reference("steps", dtype="float64") == (
        "reference", "steps", {"dtype": "float64"})
    with told.port() as port:
        assert port("describe", dtype="float32") == ("port", "describe", {"dtype": "float32"})
        port("describe", dtype="float32")  # a second line would say nothing new
        port("unknown")
        port("steps", dtype="float32")
    assert recorders.closed
    assert lines == ["  the reference: compared steps in float64",
                     "  the port: starting in float32", "  the port: compared steps in float32"]
