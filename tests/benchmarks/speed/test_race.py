"""Rounds of contestants that are no processes."""

import pytest

from benchmarks.speed import race
from benchmarks.speed.processes import Failed


class Fake:
    """A contestant of a constant time a step, who takes steps by tens as compiled loops do."""

    def __init__(self, kind, log, seconds=0.01, fails_at=None):
        self._kind, self._log, self._seconds, self._fails_at = kind, log, seconds, fails_at
        self._asked = 0

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self._log.append((self._kind, "closed"))

    def ask(self, steps):
        self._asked += 1
        if self._asked == self._fails_at:
            raise Failed("out of memory")
        self._log.append((self._kind, steps))
        taken = -(-steps // 10) * 10
        return taken, taken * self._seconds

    def end(self):
        return 700.0


TWO_ROUNDS = race.Length(rounds=2, seconds=0.4)


def run(log, length=TWO_ROUNDS, **faults):
    speeds = {"legacy": 0.02, "modern": 0.01}
    clock = iter(range(0, 1000, 3))
    return race.race(
        list(speeds), lambda kind: Fake(kind, log, speeds[kind], faults.get(kind)), length,
        clock=clock.__next__, rest=lambda seconds: None)


def test_contestants_take_turns_there_and_back_after_they_are_warm():
    log = []
    legacy, modern = run(log)
    assert log == [
        ("legacy", 1), ("legacy", 10), ("legacy", 10),
        ("modern", 1), ("modern", 10), ("modern", 10),
        ("legacy", 20), ("modern", 40), ("modern", 40), ("legacy", 20),
        ("modern", "closed"), ("legacy", "closed")]
    assert legacy.milliseconds == pytest.approx((20.0, 20.0))
    assert modern == race.Result("modern", modern.milliseconds, 3, 700.0)
    assert race.ratio(legacy, modern) == pytest.approx(2.0)


def test_ratio_is_the_median_of_the_ratios_and_not_the_ratio_of_the_medians():
    ours, theirs = race.Result("a", (1.0, 4.0, 2.0)), race.Result("b", (2.0, 16.0, 2.0))
    assert race.ratio(ours, theirs) == 0.5
    assert ours.median / theirs.median == 1.0


@pytest.mark.parametrize("fails_at", [1, 4, 5])
def test_one_that_fails_says_why_and_the_others_go_on(fails_at):
    legacy, modern = run([], legacy=fails_at)
    assert legacy == race.Result("legacy", failure="out of memory")
    assert len(modern.milliseconds) == 2


def test_the_short_form_takes_one_round_of_one_step():
    log = []
    run(log, race.SHORT)
    assert [entry for entry in log if entry[0] == "modern"] == [
        ("modern", 1), ("modern", 10), ("modern", 10), ("modern", 1), ("modern", "closed")]
