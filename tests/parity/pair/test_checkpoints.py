"""What of a state comes through a checkpoint: arrays of a cell, a GRU, a dense layer."""

import numpy as np
import pytest

from parity.judge import differences
from parity.pair import checkpoints
from parity.pair import joins
from parity.pair import mapping
from parity.pair import next_step
from parity.pair import port_inputs
from parity.pair import round_trip
from tests.parity.pair.described import both, entry, port
from tests.parity.pair.test_cells import cell, gru, layer

LAST = 2


def numbers(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape).astype(np.float32)


class Trip:
    """A state of the reference and what a port holds of it.

    Args:
      found: a `Mapping`.
      after: `{variable: array}` of the reference after the last step.
      rate: the learning rate of each trained variable at that step.
    """

    def __init__(self, found, after, rate=0.1):
        trace = {f"after/{LAST}/{name}": value for name, value in after.items()}
        trace.update((f"rate/{LAST}/0/{update['variable']}", np.float32(rate))
                     for update in found.reference["updates"])
        self.found = found
        self.after = next_step.NextStep(joins.Trace(trace, found.joins), LAST)
        self.state = checkpoints.State(self.after, found, LAST + 1)
        joined = joins.Trace(self.after, found.joins)
        self.held = dict(port_inputs.arrays(joined, found, [LAST + 1]))

    def restored(self):
        """`{variable: array}` that TensorFlow 1 is given back."""
        return dict(checkpoints.put_back(self.state, self.held))

    def verdicts(self):
        """`{variable: verdict}` of what came back."""
        return {name: checkpoints.came_back(self.state, name, value)[0]
                for name, value in self.restored().items()}


def lstm(forget_bias=1.0):
    reference = [dict(each, forget_bias=forget_bias) for each in cell("rnn/lstm_cell")]
    return Trip(mapping.mapping(*both(reference, layer("lstm/lstm_cell"))), {
        "rnn/lstm_cell/kernel": numbers(5, 8), "rnn/lstm_cell/bias": numbers(8) / 100})


def dense(kind, slots, stock, role, arrays, constants=None, **more):
    """A dense kernel "w" and its slots."""
    reference, ported = both(
        [entry("w", "kernel", [3, 2])], [port("d/kernel", [3, 2])], trained=["d/kernel"],
        updates=[{"variable": "w", "kind": kind, "slots": slots, "scope": "o",
                  "constants": constants or {}}], roles=[role])
    ported["optimizers"][0]["stock"] = stock
    return Trip(mapping.mapping(reference, ported), {"w": numbers(3, 2), **arrays}, **more)


def momentum(rate):
    return dense("Momentum", {"accum": "w/Momentum"}, "SGD", "momentum",
                 {"w/Momentum": 3 * numbers(3, 2)}, rate=rate)


def adam(updates):
    power = np.float32(0.9)
    for _ in range(updates):
        power = power * np.float32(0.9)
    return dense("Adam", {"m": "w/Adam", "beta1_power": "power"}, "Adam", "m",
                 {"w/Adam": numbers(3, 2), "power": power}, {"beta1": 0.9})


def test_what_follows_a_step_is_where_the_next_one_starts():
    after = next_step.NextStep({
        "after/2/a/w": 1, "after/1/a/w": 2, "before/2/a/w": 3, "rate/2/0/a/w": 4,
        "input/2/0/x:0": 5, "gradient/2/0/a/w": 6, "last_rate/2/0/a/w": 7}, 2)
    assert dict(after) == {"before/3/a/w": 1, "last_rate/3/0/a/w": 4, "input/3/0/x:0": 5}


def test_two_kernels_come_back_as_one_and_a_forget_bias_rounds():
    trip = lstm()
    assert trip.verdicts() == {"rnn/lstm_cell/kernel": "identical",
                               "rnn/lstm_cell/bias": "rounding"}
    found = checkpoints.came_back(trip.state, "rnn/lstm_cell/bias",
                                  trip.restored()["rnn/lstm_cell/bias"])
    assert 0 < found[1] < 1e-5
    assert trip.state.layout("rnn/lstm_cell/bias").endswith("1 added to f's")
    assert set(lstm(0.0).verdicts().values()) == {"identical"}


@pytest.mark.parametrize("leaf", ["kernel", "recurrent_kernel", "bias"])
def test_gates_that_come_back_in_another_order_are_different(leaf):
    trip = lstm()
    place = f"state/{LAST + 1}/lstm/lstm_cell/{leaf}"
    blocks = np.split(trip.held[place], 4, axis=-1)
    trip.held[place] = np.concatenate([blocks[at] for at in (0, 2, 1, 3)], axis=-1)
    name = "rnn/lstm_cell/" + ("bias" if leaf == "bias" else "kernel")
    assert {each for each, verdict in trip.verdicts().items() if verdict == "different"} == {name}


@pytest.mark.parametrize("leaf", ["kernel", "recurrent_kernel", "bias"])
def test_what_the_port_does_not_give_back_is_different(leaf):
    trip = lstm()
    del trip.held[f"state/{LAST + 1}/lstm/lstm_cell/{leaf}"]
    assert trip.verdicts()["rnn/lstm_cell/" + (
        "bias" if leaf == "bias" else "kernel")] == "different"


def test_gates_and_candidate_of_a_gru_come_back_as_they_were():
    after = {"c/gates/kernel": numbers(5, 4), "c/gates/bias": numbers(4),
             "c/candidate/kernel": numbers(5, 2), "c/candidate/bias": numbers(2)}
    trip = Trip(mapping.mapping(*both(gru("c"), layer("gru", "GRU", 3))), after)
    parts = {part: value for name, whole in trip.restored().items()
             for part, value in checkpoints.split(name, whole, trip.found.joins, trip.after,
                                                  LAST + 1)}
    assert sorted(parts) == sorted(after)
    assert all((parts[name] == value).all() for name, value in after.items())


@pytest.mark.parametrize("rate", [0.1, 0.3, 1e-3])
def test_a_momentum_that_holds_the_rate_is_divided_by_it(rate):
    trip = momentum(rate)
    assert trip.verdicts()["w"] == "identical"
    assert trip.verdicts()["w/Momentum"] in ("identical", "rounding")
    assert trip.state.layout("w/Momentum") == "times the rate in the port"
    trip.held[f"slot/{LAST + 1}/0/d/kernel/momentum"] *= np.float32(1.00001)
    assert trip.verdicts()["w/Momentum"] == "different"


def test_a_momentum_of_a_rate_of_0_does_not_come_back_and_is_not_compared():
    assert momentum(0.0).verdicts() == {"w": "identical"}


@pytest.mark.parametrize("updates", [1, 3, 50, 400])
def test_powers_of_beta_come_from_the_counter_bit_for_bit(updates):
    trip = adam(updates)
    assert trip.held[f"iterations/{LAST + 1}/0"] == updates
    assert trip.verdicts()["power"] == "identical"
    assert trip.state.layout("power") == "computed from the port's counter of updates"
    trip.held[f"iterations/{LAST + 1}/0"] += 1
    assert trip.verdicts()["power"] == "different"


def test_what_goes_to_the_port_is_compared_bit_for_bit():
    value = numbers(4)
    assert checkpoints.came_through(value.copy(), value) == ("identical", 0.0)
    changed = value.copy()
    changed[0] += 1e-3
    verdict, far = checkpoints.came_through(changed, value)
    assert verdict == "different" and 1e-4 < far < 1e-2
    assert checkpoints.came_through(np.int32(3), np.array(3, np.int64))[0] == "identical"
    assert checkpoints.came_through(np.int32(4), np.array(3, np.int64))[0] == "different"
    infinite = np.array([np.inf, 1], np.float32)
    assert checkpoints.came_through(value[:2], infinite)[0] == "inconclusive"


def test_a_finding_names_the_worst_and_how_far_it_is():
    rows = [("a", "identical", 0.0), ("b", "different", 0.5), ("c", "rounding", 1e-7)]
    found = round_trip.finding(round_trip.TO_KERAS, rows)
    assert (found.rung, found.dtype, found.tensor) == (9, "float32", "TensorFlow 1 to Keras 3")
    assert (found.verdict, found.relative) == (differences.DIFFERENT, 0.5)
    assert found.note == "not as written: b"
    assert round_trip.finding("", rows[::2]).note == "rounded on the way: c"
    assert round_trip.finding("", rows[:1]).note == "1 variables"


def test_a_reference_without_variables_has_no_checkpoint():
    found = round_trip.found_by(None, mapping.mapping(*both([], [])), "", *[None] * 5)
    assert [(each.verdict, each.note) for each in found] == [
        ("not run", "the reference has no variables")] * 2
