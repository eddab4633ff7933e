"""Variables of TensorFlow 1 made of what a port holds, with and without an origin."""

import numpy as np
import pytest

from parity.pair import mapping
from parity.pair import powers
from parity.pair import states
from parity.pair import way_back
from tests.parity.pair.described import both, entry, port
from tests.parity.pair.test_cells import cell, gru, layer

RATES = {0: 0.7}


def numbers(*shape):
    return np.random.RandomState(sum(shape)).standard_normal(shape).astype(np.float32)


def pair(kind="Momentum", slots=None, stock="SGD", role="momentum", more=(), constants=None,
         **arrays):
    """The `States` of a dense kernel "w", its slots and a global step."""
    reference, ported = both(
        [entry("w", "kernel", [3, 2]),
         entry("global_step", "state", [], "state", False, dtype="int64"), *more],
        [port("d/kernel", [3, 2])], trained=["d/kernel"], roles=[role],
        updates=[{"variable": "w", "kind": kind, "slots": slots or {}, "scope": "o",
                  "constants": constants or {}}])
    ported["optimizers"][0]["stock"] = stock
    return of(mapping.mapping(reference, ported),
              {"w": numbers(3, 2), "global_step": np.int64(0), **arrays})


def of(found, arrays):
    template = {f"before/0/{name}": value for name, value in arrays.items()}
    if "global_step" in arrays:
        template.update({"after/0/global_step": np.int64(1), "rate/0/0/w": np.float32(9)})
    return states.States(found, template)


def momentum():
    return pair(slots={"accum": "w/Momentum"}, **{"w/Momentum": numbers(3, 2)})


def adam():
    return pair("Adam", {"m": "w/Adam", "beta1_power": "power"}, "Adam", "m",
                constants={"beta1": 0.9}, **{"w/Adam": numbers(3, 2), "power": np.float32(0.9)})


def came_back(pair_states, values, changed=None, origin=None, lost=()):
    """`{name: array}` of a state that went to the port, was changed there, and came back."""
    held = pair_states.taken(values, RATES)
    held.update(changed or {})
    held = {name: value for name, value in held.items() if name not in lost}
    return {made.name: made.array for made in way_back.WayBack(
        pair_states, held, RATES, origin).made()}


VALUES = {"w": numbers(3, 2) + 1, "global_step": np.int64(40)}


def test_weights_slots_powers_and_counters_come_back():
    values = dict(VALUES, **{"w/Adam": numbers(3, 2) * 3, "power": powers.power(
        40, 0.9, np.float32)})
    found = came_back(adam(), values)
    assert {name: value.tobytes() for name, value in found.items()} == {
        name: value.tobytes() for name, value in values.items()}
    assert found["global_step"].dtype == np.int64


def test_powers_and_counters_follow_the_ports_counter_of_updates():
    values = dict(VALUES, **{"w/Adam": numbers(3, 2), "power": powers.power(40, 0.9, np.float32)})
    found = came_back(adam(), values, {"iterations/0/0": np.int64(47)})
    assert found["global_step"] == 47
    assert found["power"] == powers.power(47, 0.9, np.float32)


def test_a_momentum_takes_the_rate_of_the_ports_next_update():
    values = dict(VALUES, **{"w/Momentum": numbers(3, 2) * 7})
    held = momentum().taken(values, RATES)
    np.testing.assert_array_equal(held["slot/0/0/d/kernel/momentum"],
                                  -values["w/Momentum"] * np.float32(0.7))
    found = came_back(momentum(), values)["w/Momentum"]
    np.testing.assert_allclose(found, values["w/Momentum"], rtol=2e-7)
    assert found.tobytes() != values["w/Momentum"].tobytes()


def test_a_momentum_of_a_rate_of_0_goes_neither_way():
    values = dict(VALUES, **{"w/Momentum": numbers(3, 2)})
    held = momentum().taken(values, {0: 0.0})
    assert sorted(held) == ["iterations/0/0", "state/0/d/kernel"]
    assert "w/Momentum" not in {made.name for made in way_back.WayBack(
        momentum(), held, {0: 0.0}).made()}


def test_slots_that_hold_no_rate_go_at_a_rate_of_0_too():
    values = dict(VALUES, **{"w/Adam": numbers(3, 2), "power": np.float32(0.9)})
    assert "slot/0/0/d/kernel/m" in adam().taken(values, {0: 0.0})


def test_an_origin_stands_where_the_port_holds_what_it_would_of_it():
    values = dict(VALUES, **{"w/Momentum": numbers(3, 2) * 7})
    for origin in (values, {"w/Momentum": values["w/Momentum"]}):
        found = came_back(momentum(), values, origin=origin)
        assert found["w/Momentum"].tobytes() == values["w/Momentum"].tobytes()


def test_what_has_moved_since_is_not_the_origins():
    values = dict(VALUES, **{"w/Momentum": numbers(3, 2) * 7})
    moved = {"slot/0/0/d/kernel/momentum": numbers(3, 2), "state/0/d/kernel": numbers(3, 2)}
    found = came_back(momentum(), values, moved, origin=values)
    assert found["w"].tobytes() == numbers(3, 2).tobytes()
    np.testing.assert_allclose(found["w/Momentum"], numbers(3, 2) / -0.7, rtol=1e-6)


def test_a_counter_that_differs_from_the_updates_goes_on_from_the_origin():
    values = dict(VALUES, **{"w/Adam": numbers(3, 2), "power": powers.power(90, 0.9, np.float32)})
    assert came_back(adam(), values)["global_step"] == 90
    assert came_back(adam(), values, origin=values)["global_step"] == 40
    later = {"iterations/0/0": np.int64(95)}
    assert came_back(adam(), values, later, values)["global_step"] == 45


def test_what_the_port_knows_nothing_of_is_the_origins():
    extra = {"lr": np.float32(0.5), "elsewhere": numbers(2, 2)}
    assert set(came_back(momentum(), VALUES)) == {"w", "global_step"}
    found = came_back(momentum(), VALUES, origin=extra)
    assert {name: found[name].tobytes() for name in extra} == {
        name: value.tobytes() for name, value in extra.items()}


def recurrent(forget_bias=1.0):
    cells = [dict(each, forget_bias=forget_bias) for each in cell("rnn/lstm_cell")] + gru("c")
    shapes = {"rnn/lstm_cell/kernel": (5, 8), "rnn/lstm_cell/bias": (8,), "c/gates/kernel": (5, 4),
              "c/gates/bias": (4,), "c/candidate/kernel": (5, 2), "c/candidate/bias": (2,)}
    values = {name: numbers(*shape) / 100 for name, shape in shapes.items()}
    found = mapping.mapping(*both(cells, layer("lstm/lstm_cell") + layer("gru", "GRU", 3)))
    return of(found, {name: np.zeros_like(value) for name, value in values.items()}), values


def test_gates_and_candidates_come_back_and_a_forget_bias_rounds_without_an_origin():
    pair_states, values = recurrent()
    found = came_back(pair_states, values)
    assert {name for name in values if found[name].tobytes() != values[name].tobytes()} == {
        "rnn/lstm_cell/bias"}
    found = came_back(pair_states, values, origin=values)
    assert all(found[name].tobytes() == values[name].tobytes() for name in values)


@pytest.mark.parametrize("lost,missing", [
    ("state/0/lstm/lstm_cell/recurrent_kernel", {"rnn/lstm_cell/kernel"}),
    ("state/0/gru/kernel", {"c/gates/kernel", "c/candidate/kernel"})])
def test_of_what_the_port_holds_a_part_of_nothing_comes_back(lost, missing):
    pair_states, values = recurrent()
    assert set(values) - set(came_back(pair_states, values, lost=[lost])) == missing


def test_a_variable_of_which_the_port_holds_a_part_alone_does_not_come_back():
    pair_states, values = recurrent()
    found = pair_states.found
    rows = [row for row in found.variables.rows if not row.port.endswith("recurrent_kernel")]
    less = of(found._replace(variables=found.variables._replace(rows=rows)),
              {name: np.zeros_like(value) for name, value in values.items()})
    assert set(came_back(less, values)) == {name for name in values if name.endswith("bias")}


@pytest.mark.parametrize("changed", [{}, {"state/0/gru/kernel": numbers(3, 6)}])
def test_a_joined_variable_of_the_origin_stands_as_a_whole(changed):
    pair_states, values = recurrent()
    values["c/candidate/kernel"][:] = 0  # as in the first step
    origin = {name: value for name, value in values.items() if name != "c/candidate/kernel"}
    found = came_back(pair_states, values, changed, origin)
    same = found["c/gates/kernel"].tobytes() == values["c/gates/kernel"].tobytes()
    assert same == (not changed) and "c/candidate/kernel" in found
    assert found["c/candidate/bias"].tobytes() == values["c/candidate/bias"].tobytes()
