"""Tests of groundwork.run.run_config."""

import pytest

from groundwork.run.run_config import RunConfig


def make(train_steps=1000, sample_every=500, checkpoint_every=100, summary_every=500):
    return RunConfig(seed=1, dtype="float32", train_steps=train_steps, log_every=10,
                sample_every=sample_every, checkpoint_every=checkpoint_every,
                summary_every=summary_every)


@pytest.mark.parametrize("step,expected", [
    (0, 100), (1, 100), (99, 100), (100, 200), (450, 500), (500, 600), (899, 900), (999, 1000)])
def test_next_stop_is_the_next_checkpoint_or_sample(step, expected):
    assert make().next_stop(step) == expected


@pytest.mark.parametrize("intervals,step,expected", [
    (dict(sample_every=30, checkpoint_every=100), 0, 30),
    (dict(sample_every=30, checkpoint_every=100), 90, 100),
    (dict(sample_every=30, checkpoint_every=100), 100, 120),
    (dict(sample_every=1, checkpoint_every=100), 41, 42),
    (dict(train_steps=45), 0, 45),
    (dict(train_steps=1050), 1000, 1050),
])
def test_next_stop_with_other_intervals(intervals, step, expected):
    assert make(**intervals).next_stop(step) == expected


@pytest.mark.parametrize("run_config", [
    make(), make(77, 10, 7), make(77, 7, 10), make(30, 1, 30), make(5, 100, 100)])
def test_next_stop_misses_nothing_that_is_due(run_config):
    for step in range(run_config.train_steps):
        following = range(step + 1, run_config.train_steps + 1)
        due = [s for s in following if run_config.samples_due(s) or run_config.checkpoint_due(s)]
        assert run_config.next_stop(step) == due[0]


def test_samples_and_checkpoints_are_due_at_multiples_and_at_the_end():
    run_config = make(train_steps=70, sample_every=30, checkpoint_every=20)
    steps = range(1, 71)
    assert [step for step in steps if run_config.samples_due(step)] == [30, 60, 70]
    assert [step for step in steps if run_config.checkpoint_due(step)] == [20, 40, 60, 70]


def test_summaries_are_due_at_multiples_and_at_the_end_and_training_stops_for_them():
    run_config = make(train_steps=70, sample_every=50, checkpoint_every=1000, summary_every=30)
    assert [step for step in range(1, 71) if run_config.summary_due(step)] == [30, 60, 70]
    assert [run_config.next_stop(step) for step in (0, 29, 30, 50, 60)] == [30, 30, 50, 60, 70]
    assert run_config.intervals() == (50, 1000, 30)
