"""Both directions between recorders that keep checkpoints as .npz files and hold what they load."""

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


def _copied(source, target, change=lambda name, value: value, start=""):
    with np.load(source) as file:
        kept = {name[len(start):]: change(name, file[name]) for name in file.files
                if name.startswith(start)}
    with open(target, "wb") as out:
        np.savez(out, **kept)


def _reference(job, checkpoint, names, states="", part="", out="", captured=""):
    if job == "save":
        _copied(states, checkpoint, start=part + "/")
    else:
        _copied(checkpoint, out)


def _port(job, checkpoint, states="", names=(), out=""):
    _copied(*((states, checkpoint) if job == "save" else (checkpoint, out)))


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
        return put_back(state, {name: held[name] for name in held.files if "lstm_cell/bias"
                                not in name})
    return left_out
