"""Both directions between recorders that keep checkpoints as .npz files and hold what they load."""

import os

import numpy as np
import pytest

from parity.pair import joins
from parity.judge.sides import Sides
from parity.pair import mapping
from parity.pair import round_trip
from tests.parity.pair.described import both
from tests.parity.pair.test_cells import cell, gru, layer

STEPS = (0, 2)
AFTER = {"c/gates/kernel": (5, 4), "c/gates/bias": (4,), "c/candidate/kernel": (5, 2),
         "c/candidate/bias": (2,), "rnn/lstm_cell/kernel": (5, 8), "rnn/lstm_cell/bias": (8,),
         "global_step": ()}


# (job, names of the files that are there when it is taken), of every recorder.
_jobs = []


def _copied(source, target, change=lambda name, value: value, names=None, start=""):
    with np.load(source) as file:
        names = [name for name in file.files if names is None] + [
            start + name for name in names or ()]
        kept = {name[len(start):]: change(name, file[name]) for name in names}
    with open(target, "wb") as out:
        np.savez(out, **kept)


def _reference(job, checkpoint, names, states="", part="", out="", captured=""):
    _jobs.append((job, sorted(os.listdir(os.path.dirname(checkpoint)))))
    if job == "save":
        _copied(states, checkpoint, names=names, start=part + "/")
    else:
        _copied(checkpoint, out, names=names)


def _port(job, checkpoint, states="", names=(), out=""):
    _jobs.append((job, sorted(os.listdir(os.path.dirname(checkpoint)))))
    if job == "save":
        _copied(states, checkpoint)
    else:
        _copied(checkpoint, out, names=names)


@pytest.fixture
def verdicts(tmp_path):
    """Function (what a port holds of an array) that returns (verdict, note) of both directions."""
    random = np.random.RandomState(0)
    trace = {f"after/{STEPS[-1]}/{name}": random.standard_normal(shape).astype(np.float32)
             for name, shape in AFTER.items()}
    found = mapping.mapping(*both(gru("c") + cell("rnn/lstm_cell"),
                                  layer("gru", "GRU", 3) + layer("lstm/lstm_cell")))
    sides = Sides(joins.Trace(trace, found.joins), {}, found.variables, [], STEPS, {})
    np.savez(tmp_path / "trace.npz", **trace)

    def went(holds=lambda name, value: value):
        return [(each.verdict, each.note) for each in round_trip.found_by(
            sides, found, str(tmp_path), _reference, "", str(tmp_path / "trace.npz"), _port,
            lambda job, steps, start, out: _copied(start, out, holds))]
    return went


def test_what_the_port_holds_as_it_is_comes_through_both_ways(verdicts, tmp_path):
    assert verdicts() == [("identical", "6 variables"), ("identical", "4 variables")]
    assert [path.name for path in tmp_path.iterdir()] == ["trace.npz"]  # no checkpoint is left


def test_no_file_of_a_state_stays_longer_than_it_is_needed(verdicts):
    _jobs.clear()
    verdicts()
    assert _jobs == [("save", []), ("restore", ["tensorflow1.ckpt"]), ("save", ["back.npz"]),
                     ("restore", ["keras3.ckpt"])]


def test_a_port_that_holds_less_is_different_both_ways(verdicts):
    def halved(name, value):
        return value.astype(np.float16).astype(np.float32) if "lstm_cell/bias" in name else value
    assert verdicts(halved) == [
        ("different", "not as written: state/3/lstm/lstm_cell/bias"),
        ("different", "not as written: rnn/lstm_cell/bias (gates in the order i, f, j, o)")]


def test_an_inverse_with_gates_in_the_wrong_order_is_different_on_the_way_back(
        verdicts, monkeypatch):
    monkeypatch.setattr(round_trip.checkpoints.State, "_all_parts", _in_wrong_order(
        round_trip.checkpoints.State._all_parts))
    there, back = verdicts()
    assert there[0] == "identical"
    assert back[0] == "different" and back[1].startswith("not as written: c/gates+candidate/kernel")


def _in_wrong_order(parts):
    def wrong(state):
        found = parts(state)
        name = "c/gates+candidate/kernel"
        found[name] = [part._replace(put=lambda value, whole, put=part.put: put(
            np.roll(value, 2, axis=-1), whole)) for part in found[name]]
        return found
    return wrong


def test_a_variable_that_is_not_read_back_is_different(verdicts, monkeypatch):
    monkeypatch.setattr(round_trip.checkpoints, "put_back", _without_bias(
        round_trip.checkpoints.put_back))
    assert verdicts()[1][0] == "different"


def _without_bias(put_back):
    def left_out(state, held):
        return put_back(state, {name: held[name] for name in held if "lstm_cell/bias"
                                not in name})
    return left_out


# The finding on one direction.

def found(*rows):
    """(verdict, distance, note) of rows."""
    each = round_trip.finding("there", list(rows))
    assert (each.rung, each.dtype, each.tensor) == (9, "float32", "there")
    return each.verdict, each.relative, each.note


def test_the_worst_variables_are_named_and_the_furthest_of_them_counts():
    assert found(("a", "identical", 0.0), ("b", "identical", 0.0)) == (
        "identical", 0.0, "2 variables")
    assert found(("a", "rounding", 1e-7), ("b", "identical", 0.0), ("c", "rounding", 3e-7)) == (
        "rounding", 3e-7, "rounded on the way: a, c")
    assert found(("a", "different", 0.25), ("b", "rounding", 7.0), ("c", "different", 0.5)) == (
        "different", 0.5, "not as written: a, c")


@pytest.mark.parametrize("count,said", [(3, "a, b, c"), (4, "a, b, c and 1 more"),
                                        (5, "a, b, c and 2 more")])
def test_of_many_variables_three_are_named(count, said):
    assert found(*((name, "different", 1.0) for name in "abcde"[:count]))[2] == (
        f"not as written: {said}")


def test_without_variables_nothing_is_proved():
    assert found() == ("not run", 0.0, "not as written: ")


def test_of_a_reference_without_variables_it_is_said_that_nothing_was_run(tmp_path):
    empty = mapping.mapping(*both([], []))
    both_ways = round_trip.found_by(None, empty, str(tmp_path), None, "", "", None, None)
    assert [(each.rung, each.tensor, each.verdict, each.note) for each in both_ways] == [
        (9, direction, "not run", "the reference has no variables")
        for direction in (round_trip.TO_KERAS, round_trip.TO_TENSORFLOW_1)]
