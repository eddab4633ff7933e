"""The arithmetic of the benchmark of what runs write; nothing here is timed."""

import pytest

from benchmarks import output_overhead
from benchmarks.output_overhead import InTurn, TimedBatches, Turn
from parity import command_line


def test_stretches_end_in_turn_in_nothing_and_in_each_that_is_written():
    config = InTurn(seed=1, dtype="float32", train_steps=81, log_every=10, sample_every=10,
                    checkpoint_every=10, summary_every=10)
    due = {step: (config.summary_due(step), config.checkpoint_due(step), config.samples_due(step))
           for step in range(1, 82)}
    assert {step: each for step, each in due.items() if any(each)} == {
        20: (True, False, False), 30: (False, True, False), 40: (False, False, True),
        60: (True, False, False), 70: (False, True, False), 80: (False, False, True)}
    assert [config.next_stop(step) for step in (0, 9, 10, 25, 80)] == [10, 10, 20, 30, 81]


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


def test_the_first_turn_is_left_out():
    starts = [0, 9, 17, 20, 22, 27, 31, 38, 44]  # of the stretches, and the end of the last
    asked = {1 + 10 * i: start for i, start in enumerate(starts)}
    asked.update({5: 1.0, 15: 12.0})
    assert output_overhead.turns(asked, 10) == [Turn(5, 4, 7, 6)]


def test_turns_of_single_steps():
    assert output_overhead.turns({step: step ** 2 for step in range(1, 10)}, 1) == [
        Turn(11, 13, 15, 17)]


def test_the_ratio_is_of_all_that_is_written_as_often_as_the_binaries_write_it():
    results = {"legacy": [Turn(0.20, 0.30, 0.21, 0.20), Turn(0.40, 0.44, 0.42, 0.45),
                          Turn(0.10, 0.10, 0.14, 0.20)]}
    lines = output_overhead.table(results)
    assert lines[0].split() == [
        "wing", "ms", "a", "step", "ms", "summary", "ms", "checkpoint", "ms", "samples", "with",
        "/", "without"]
    assert lines[1].split() == ["legacy", "4.000", "40.0", "20.0", "50.0", "1.0275"]


@pytest.mark.parametrize("argument, expected", [
    ("--repeats=0", "argument --repeats: expected a whole number from 1, received 0"),
    ("--batch_size=full", "argument --batch_size: expected a whole number from 1, received full"),
    ("--model=gan", "argument --model: invalid choice: 'gan' ")])
def test_bad_input_is_one_line(argument, expected, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["output_overhead", argument])
    assert command_line.run("benchmarks.output_overhead", output_overhead.main) == 64
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("benchmarks.output_overhead: " + expected)


def test_both_wings_are_measured_and_the_table_is_printed(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(output_overhead, "measure", lambda *given: (
        asked.append(given) or [Turn(1.0, 2.0, 2.0, 2.0)]))
    assert output_overhead.main(["--repeats=1", "--batch_size=8", "--model=vae"]) == 0
    assert asked == [("legacy", "vae", 8, 1), ("modern", "vae", 8, 1)]
    out, _ = capsys.readouterr()
    assert out.startswith(
        "vae, batch 8, summary every 1000, checkpoint every 1000, samples every 1000 steps, ")
    assert len(out.splitlines()) == 4
