"""Rung 0: what a replay reproduces, what explains it where it does not, and what is an error."""

import os
import types

import numpy as np
import pytest

from parity.reference import edits
from parity.reference import kinks
from parity.reference import noise
from parity.reference import precision
from parity.reference import replay_error
from parity.reference import replay_rows
from parity.reference.captured import Captured
from parity.reference.replay import Replay
from tests.captures import Captures


PROGRAMS = ("counts_while_it_reads", "bias_before_batch_norm", "bias_under_a_written_rule",
            "draws_in_a_loop")


@pytest.fixture(scope="module")
def captured(repository, tmp_path_factory):
    """`{program of replayed.py: Captured}`, three steps of each."""
    folder = tmp_path_factory.mktemp("captures")
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "replayed.py")
    with Captures(repository, folder) as capture:
        for name in PROGRAMS:
            ended = capture("--steps=3", "--out=" + name, "--", place + ":" + name, cwd=folder)
            assert ended.status == 0, ended.err
    return {name: Captured(str(folder / name)) for name in PROGRAMS}


@pytest.fixture(scope="module")
def measured(captured):
    """`{program: its two Results}`."""
    return {name: replay_error.measure(captured[name]) for name in PROGRAMS}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_replay_is_never_called_different(measured, name):
    narrow, wide = measured[name]
    assert narrow.verdict() in (replay_error.IDENTICAL, replay_error.ROUNDING), narrow.worst()
    assert wide.verdict() == replay_error.ROUNDING, wide.worst()
    assert len(narrow.rows) == len(wide.rows) > 3


def test_float32_is_enough_where_it_is_bit_for_bit_what_was_captured(captured, measured):
    alone, *rest = replay_error.measure(captured["bias_before_batch_norm"], enough=True)
    assert not rest
    assert (alone.dtype, alone.verdict()) == ("float32", replay_error.IDENTICAL)
    assert [(row.call, row.variable) for row in alone.rows] == [
        (row.call, row.variable) for row in measured["bias_before_batch_norm"][0].rows]
    assert {row.error for row in alone.rows} == {0.0}


def test_of_a_large_program_it_is_known_whether_the_replay_is_exact(captured, measured):
    exact = replay_error.exactly(captured["bias_before_batch_norm"])
    assert exact.verdict() == replay_error.IDENTICAL
    assert len(exact.rows) == len(measured["bias_before_batch_norm"][0].rows)


@pytest.mark.parametrize("most, compared", [(10 ** 9, {1}), (10, set())])
def test_of_a_large_program_one_call_of_each_kind_is_compared_if_memory_takes_it(
        captured, monkeypatch, most, compared):
    monkeypatch.setattr(replay_error, "exactly", lambda captured: None)
    monkeypatch.setattr(replay_error, "_NUMBERS", most)
    found, job = captured["bias_before_batch_norm"], []
    measure = replay_error.measure
    monkeypatch.setattr(replay_error, "measure", lambda some: job.append(some) or measure(some))
    answer = replay_error.verdicts({"captured": found.path, "large": True})
    assert {call for some in job for call, each in enumerate(some.calls, 1) if each.whole} == (
        compared)
    assert all(call.whole for call in found.calls) and len(found.calls) > 1
    assert set(answer) == ({"float32", "float64"} if compared else set())


def test_where_nothing_is_compared_nothing_is_exact(captured, monkeypatch):
    monkeypatch.setattr(replay_error.Replay, "updates", lambda replay: iter(()))
    assert replay_error.exactly(captured["bias_before_batch_norm"]) is None


def test_a_replay_of_which_one_number_is_off_is_not_exact(captured, monkeypatch):
    exact = replay_error.Replay.updates

    def off(replay, change=None):
        *first, last = exact(replay, change)
        name = sorted(last.after)[0]
        yield from first
        yield last._replace(after=dict(last.after, **{name: last.after[name] + 1e-3}))
    monkeypatch.setattr(replay_error.Replay, "updates", off)
    assert replay_error.exactly(captured["bias_before_batch_norm"]) is None


def test_races_are_found_where_float32_is_enough_too(captured, measured):
    found = replay_error.measure(captured["counts_while_it_reads"], enough=True)
    assert found[0].races == measured["counts_while_it_reads"][0].races


def test_a_number_that_was_read_and_written_is_fed_as_it_was_read(measured, captured):
    found = captured["counts_while_it_reads"]
    read = [list(call.read().values())[0] for call in found.calls]
    assert all(value in (number, number + 1.0) for number, value in enumerate(read, 1))
    narrow, _ = measured["counts_while_it_reads"]
    assert {race.variable for race in narrow.races} == {"count"}
    assert {row.variable for row in narrow.rows if ":" not in row.variable} == {"count", "w"}


def test_floors_that_were_measured_on_a_race_excuse_nothing(captured, monkeypatch):
    measured_floors, calls = replay_error.noise.floors, []

    def floors(replay, updates):
        calls.append(replay)
        found = measured_floors(replay, updates)
        return found if len(calls) > 1 else dict.fromkeys(found, 0.34)
    monkeypatch.setattr(replay_error.noise, "floors", floors)
    narrow, _ = replay_error.measure(captured["counts_while_it_reads"])
    assert narrow.verdict() in (replay_error.IDENTICAL, replay_error.ROUNDING), narrow.worst()


def test_a_zero_gradient_is_named(measured, captured):
    _, wide = measured["bias_before_batch_norm"]
    call = captured["bias_before_batch_norm"].calls[0]
    assert kinks.zero_gradients(captured["bias_before_batch_norm"], call) == {
        "bias", "bias/Adam", "bias/Adam_1"}
    verdicts = {row.verdict for row in wide.rows if row.variable == "bias"}
    assert verdicts <= {replay_error.ZERO, replay_error.ROUNDING, replay_error.IDENTICAL}
    assert replay_error.ZERO in verdicts


def test_a_zero_gradient_is_named_under_a_written_rule(captured):
    found = captured["bias_under_a_written_rule"]
    assert kinks.zero_gradients(found, found.calls[0]) == {"bias", "bias/m", "bias/v"}


def test_a_gradient_of_which_all_cancels_is_named_by_another_call(monkeypatch):
    norms = [{"bias": (0.0, 0.0), "still": (0.0, 0.0), "kernel": (1.0, 1.0)},
             {"bias": (1e-8, 1e-17), "still": (0.0, 0.0), "kernel": (1e-3, 1e-3)},
             {"bias": (1e-8, 1e-17), "kernel": (1e-8, 1e-17)}]
    calls = [types.SimpleNamespace(applies=applies, writes=[], norms=each, whole=True)
             for applies, each in zip(("one", "one", "other"), norms)]
    monkeypatch.setattr(kinks, "_gradients", lambda unused_captured, call: call.norms)
    monkeypatch.setattr(kinks.updates, "of_call", lambda *unused: [])
    found = types.SimpleNamespace(calls=calls)
    assert [kinks.zero_gradients(found, call) for call in calls] == [
        {"bias"}, {"bias"}, {"bias", "kernel"}]
    calls[1].whole = False  # the state before it was not kept, so that it cannot be run
    assert kinks.zero_gradients(found, calls[0]) == frozenset()


def test_draws_inside_a_loop_are_those_of_the_capture(captured, measured):
    found = captured["draws_in_a_loop"]
    assert all(call.hidden for call in found.calls)
    assert measured["draws_in_a_loop"][0].median() < 1e-6


def test_another_constant_is_different(captured):
    found = captured["bias_before_batch_norm"]
    replay = Replay(found)
    floors = noise.floors(replay, list(replay.updates()))
    edited = Replay(found, edits=[edits.constant("Adam/beta2", 0.99)])
    found = {row.variable: row for row in replay_rows.rows(edited.updates(), floors)
             if row.call == 1}
    assert found["kernel/Adam_1"].verdict == replay_error.DIFFERENT
    assert found["kernel/Adam_1"].error == pytest.approx(9.0, rel=1e-3)  # (1 - .99) / (1 - .999)
    assert found["kernel/Adam"].verdict in (replay_error.IDENTICAL, replay_error.ROUNDING)


def test_float64_starts_from_the_same_weights_and_is_the_same_function(captured):
    found = captured["bias_before_batch_norm"]
    narrow = next(Replay(found).updates())
    wide = next(Replay(found, "float64", read=precision.as_stored).updates())
    for name, value in narrow.before.items():
        assert wide.before[name].dtype == np.float64
        assert (wide.before[name] == value).all(), name
    gap = np.abs(wide.after["out"] - narrow.after["out"]).max()
    assert 0 < gap < 1e-5


def test_a_result_without_updates_is_no_success():
    result = replay_error.Result("float32", [], [], "", [], 0)
    assert result.verdict() == replay_error.DIFFERENT


@pytest.mark.parametrize("verdicts, unordered, said", [
    ({"loss": "rounding", "w": "race"}, (), ("rounding", "loss")),
    ({"w": "race"}, (), ("race", "w")),
    ({"count": "identical", "w": "race"}, (), ("race", "w")),  # a counter tells nothing of kernels
    ({"loss": "rounding", "count": "race"}, (), ("race", "count")),  # which no racing read made
    ({"loss": "rounding", "w": "race"}, ("c",), ("race", "w")),
    ({"loss": "different", "w": "race"}, (), ("different", "loss"))])
def test_only_an_update_that_depends_on_a_racing_read_is_left_out(
        monkeypatch, captured, measured, verdicts, unordered, said):
    found = captured["counts_while_it_reads"]
    names = {"w": "w", "count": "count", "loss": "another:0"}
    rows = [replay_rows.Row(1, names[name], 0.1, 0.0, 0.0, verdict)
            for name, verdict in verdicts.items()]
    races = measured["counts_while_it_reads"][0].races
    result = replay_error.Result("float32", rows, races, "", [], 0, unordered)
    monkeypatch.setattr(replay_error, "measure", lambda *unused, **more: [result])
    answer = replay_error.verdicts({"captured": found.path})["float32"]
    assert (answer["verdict"], answer["tensor"]) == (said[0], names[said[1]])


@pytest.mark.parametrize("verdicts, told", [
    ({"w": ("rounding", 1e-6), "bias": ("zero gradient", 1.4)}, ("rounding", "w")),
    ({"bias": ("zero gradient", 1.4)}, ("zero gradient", "bias")),
    ({"w": ("different", 1e-6), "bias": ("zero gradient", 1.4)}, ("different", "w"))])
def test_the_error_that_is_told_is_no_vanishing_gradients(verdicts, told):
    result = replay_error.Result("float32", [
        replay_rows.Row(1, name, error, 0.0, 0.0, verdict)
        for name, (verdict, error) in verdicts.items()], [], "", [], 0)
    row = replay_error._told(result)
    assert (row.verdict, row.variable) == told


def test_the_distance_of_a_capture_from_reads_that_come_first(captured):
    found = captured["counts_while_it_reads"]
    read = [list(call.read().values())[0] for call in found.calls]  # 1, 2 and 3, or one more
    error = replay_error.raced({"captured": found.path})
    expected = max(value / number - 1.0 for number, value in enumerate(read, 1))
    assert error == pytest.approx(expected / (1.0 + expected), rel=1e-3, abs=1e-6)
