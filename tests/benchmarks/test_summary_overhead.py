"""The arithmetic of the benchmark of summaries; nothing here is timed."""

import pytest

from benchmarks import summary_overhead
from benchmarks.summary_overhead import EverySecond, Pair, TimedBatches
from parity import command_line


def run_config():
    return EverySecond(seed=1, dtype="float32", train_steps=61, log_every=10, sample_every=100,
                       checkpoint_every=100, summary_every=10)


def test_every_second_stretch_ends_in_a_summary_and_each_ends_in_a_stop():
    assert [step for step in range(1, 62) if run_config().summary_due(step)] == [10, 30, 50]
    assert [run_config().next_stop(step) for step in (0, 9, 10, 25, 60)] == [10, 10, 20, 30, 61]


def test_a_batch_is_timed_when_it_was_last_asked_for():
    ticks = iter([1.0, 2.0, 5.0])
    batches = TimedBatches(lambda seed, step: (seed, step), clock=lambda: next(ticks))
    assert [batches(7, step) for step in (1, 11, 11)] == [(7, 1), (7, 11), (7, 11)]
    assert batches.asked == {1: 1.0, 11: 5.0}


def test_what_else_batches_have_is_handed_on(digits):
    from groundwork.data.batches import Batches
    from groundwork.hyperparameters import make

    batches = TimedBatches(Batches(digits, make("vae", {})))
    assert batches.first_examples(3).labels.tolist() == [0, 1, 2]


def test_pairs_leave_the_first_out():
    seconds = [0, 9, 17, 20, 22, 27, 31]  # starts of the stretches, and the end of the last
    asked = {1 + 10 * i: start for i, start in enumerate(seconds)}
    asked.update({5: 1.0, 15: 12.0})
    assert summary_overhead.pairs(asked, 10) == [Pair(3, 2), Pair(5, 4)]


def test_pairs_of_single_steps():
    assert summary_overhead.pairs({step: step ** 2 for step in range(1, 6)}, 1) == [Pair(7, 9)]


def test_ratio_is_of_a_summary_at_the_interval_asked_for():
    results = {"legacy": [Pair(0.30, 0.20), Pair(0.44, 0.40), Pair(0.10, 0.10)]}
    for interval, ratio in [(500, "1.0200"), (50, "1.2000")]:
        lines = summary_overhead.table(results, interval)
        assert [line.split() for line in lines] == [
            ["wing", "ms", "a", "step", "ms", "a", "summary", "with", "/", "without"],
            ["legacy", "4.000", "40.0", ratio]]


@pytest.mark.parametrize("argument, expected", [
    ("--repeats=0", "argument --repeats: expected a whole number from 1, received 0"),
    ("--batch_size=full", "argument --batch_size: expected a whole number from 1, received full"),
    ("--model=gan", "argument --model: invalid choice: 'gan' ")])
def test_bad_input_is_one_line(argument, expected, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["summary_overhead", argument])
    assert command_line.run("benchmarks.summary_overhead", summary_overhead.main) == 64
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("benchmarks.summary_overhead: " + expected)


def test_both_wings_are_measured_and_the_table_is_printed(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(summary_overhead, "measure", lambda wing, flags: (
        asked.append((wing, flags.model, flags.batch_size, flags.repeats)) or [Pair(2.0, 1.0)]))
    assert summary_overhead.main(["--repeats=1", "--batch_size=8", "--model=vae"]) == 0
    assert asked == [("legacy", "vae", 8, 1), ("modern", "vae", 8, 1)]
    out, _ = capsys.readouterr()
    assert out.startswith("vae, batch 8, a summary every 500 steps, ")
    assert len(out.splitlines()) == 4
