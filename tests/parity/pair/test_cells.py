"""Recurrent cells: which layer holds which, and in which layout; a GRU's two kernels joined."""

import numpy as np
import pytest

from parity.pair import joins
from parity.pair import mapping
from parity.pair import transforms
from parity.pair import variables
from tests.parity.pair.described import both, entry, pairs, port

UNITS, INPUTS = 2, 3


def layer(scope, kind="LSTM", gates=4, inputs=INPUTS, units=UNITS):
    return [port(f"{scope}/kernel", [inputs, gates * units], layer=kind + "Cell"),
            port(f"{scope}/recurrent_kernel", [units, gates * units], layer=kind + "Cell"),
            port(f"{scope}/bias", [gates * units], layer=kind + "Cell")]


def cell(scope, kind="LSTM cell", gates=4, inputs=INPUTS, units=UNITS):
    return [entry(f"{scope}/kernel", "kernel", [inputs + units, gates * units], kind),
            entry(f"{scope}/bias", "bias", [gates * units], kind)]


def gru(scope):
    """The variables of a GRUCell."""
    return [entry(f"{scope}/gates/kernel", "kernel", [INPUTS + UNITS, 2 * UNITS],
                  "GRU cell (gates)"),
            entry(f"{scope}/gates/bias", "bias", [2 * UNITS], "GRU cell (gates)"),
            entry(f"{scope}/candidate/kernel", "kernel", [INPUTS + UNITS, UNITS],
                  "GRU cell (candidate)"),
            entry(f"{scope}/candidate/bias", "bias", [UNITS], "GRU cell (candidate)")]


def test_a_basic_cell_is_a_simple_rnn():
    found = variables.pair(cell("rnn/basic_rnn_cell", "RNN cell", 1),
                           layer("simple_rnn/simple_rnn_cell", "SimpleRNN", 1))
    kernel = np.arange(10.0).reshape(5, 2)
    made = {row.port.rpartition("/")[2]: row.transform.state(kernel)
            for row in found.rows if row.reference.endswith("kernel")}
    assert (made["kernel"] == kernel[:3]).all() and (made["recurrent_kernel"] == kernel[3:]).all()
    assert len(found.rows) == 3 and not found.reference_only and not found.port_only


def test_stacked_cells_go_in_the_order_of_use():
    found = variables.pair(
        cell("multi/cell_0/lstm_cell") + cell("multi/cell_1/lstm_cell", inputs=UNITS)
        + cell("multi/cell_2/lstm_cell", inputs=UNITS),
        layer("a/lstm_cell") + layer("b/lstm_cell", inputs=UNITS)
        + layer("c/lstm_cell", inputs=UNITS))
    assert [row.port for row in found.rows if row.port.endswith("bias")] == [
        "a/lstm_cell/bias", "b/lstm_cell/bias", "c/lstm_cell/bias"]
    assert [row.ambiguous for row in found.rows] == [0] * 3 + [1] * 6


def test_backward_cells_go_to_backward_layers_whatever_the_order():
    found = variables.pair(cell("bidirectional_rnn/fw/lstm_cell") + cell(
        "bidirectional_rnn/bw/lstm_cell"), layer("bidirectional/backward_lstm/lstm_cell")
                           + layer("bidirectional/forward_lstm/lstm_cell"))
    assert pairs(found) == {
        (f"bidirectional_rnn/{short}/lstm_cell/{one}", f"bidirectional/{long}_lstm/lstm_cell/{two}")
        for short, long in (("fw", "forward"), ("bw", "backward"))
        for one, two in (("kernel", "kernel"), ("kernel", "recurrent_kernel"), ("bias", "bias"))}


def test_words_of_names_tell_equal_cells_apart():
    found = variables.pair(cell("encoder/rnn/lstm_cell") + cell("decoder/rnn/lstm_cell"),
                           layer("decoder_lstm/lstm_cell") + layer("encoder_lstm/lstm_cell"))
    assert ("encoder/rnn/lstm_cell/kernel", "encoder_lstm/lstm_cell/kernel") in pairs(found)


def test_a_cell_that_the_port_holds_in_one_kernel_stays_one():
    found = variables.pair(cell("rnn/lstm_cell"), [
        port("own/kernel", [INPUTS + UNITS, 4 * UNITS]), port("own/bias", [4 * UNITS])])
    assert [row.transform for row in found.rows] == [transforms.UNCHANGED] * 2


@pytest.mark.parametrize("number,name", [(0, "kernel"), (1, "recurrent_kernel")])
def test_gates_and_candidate_of_a_gru_are_columns_of_one_kernel(number, name):
    reference, joined = joins.joined(*both(gru("rnn/gru_cell"), layer("gru/gru_cell", "GRU", 3)))
    found = variables.pair(reference["variables"], layer("gru/gru_cell", "GRU", 3))
    row = found.rows[number]
    assert (row.reference, row.port) == ("rnn/gru_cell/gates+candidate/kernel",
                                         f"gru/gru_cell/{name}")
    gates, candidate = np.arange(20.0).reshape(5, 4), np.arange(100.0, 110.0).reshape(5, 2)
    trace = joins.Trace({"before/0/rnn/gru_cell/gates/kernel": gates,
                         "before/0/rnn/gru_cell/candidate/kernel": candidate}, joined)
    rows = slice(None, 3) if name == "kernel" else slice(3, None)
    # TensorFlow 1 has r, u and c; Keras z, which is u, then r and h.
    expected = np.concatenate([gates[rows, 2:], gates[rows, :2], candidate[rows]], axis=1)
    assert (row.transform.state(trace["before/0/" + row.reference]) == expected).all()
    assert (row.transform.change(trace["before/0/" + row.reference]) == expected).all()


def test_a_gru_of_the_authors_own_keeps_its_two_kernels():
    own = [port("own/gates/kernel", [5, 4]), port("own/candidate/kernel", [5, 2])]
    reference, joined = joins.joined(*both(gru("rnn/gru_cell"), own))
    assert joined == {} and len(reference["variables"]) == 4


def test_slots_and_arrays_of_a_gru_are_joined_as_its_variables_are():
    updates = [{"variable": f"c/{part}/{leaf}", "kind": "Adam", "scope": "o", "constants": {},
                "slots": {"m": f"c/{part}/{leaf}/Adam", "beta1_power": "beta1_power"}}
               for part in ("gates", "candidate") for leaf in ("kernel", "bias")]
    trained = [each["path"] for each in layer("gru", "GRU", 3)]
    found = mapping.mapping(*both(gru("c"), layer("gru", "GRU", 3), updates, trained=trained,
                                  roles=["m"]))
    assert [(slot.reference, slot.port) for slot in found.slots] == [
        ("c/gates+candidate/kernel/Adam", "gru/kernel"),
        ("c/gates+candidate/kernel/Adam", "gru/recurrent_kernel"),
        ("c/gates+candidate/bias/Adam", "gru/bias")]
    assert [update["slots"]["beta1_power"] for update in found.reference["updates"]] == [
        "beta1_power"] * 2
    assert not found.variables.lacks_trained()
    assert {"c/gates/kernel", "c/candidate/bias/Adam"} <= mapping.split(found)


def test_a_trace_shows_what_is_joined_beside_what_it_is_made_of():
    joined = joins.Trace({"gradient/0/0/a": np.ones(2), "gradient/0/0/b": np.zeros(1),
                          "allowed_after/0/a": np.float64(1e-9), "after/0/a": np.ones(2),
                          "allowed_after/0/b": np.float64(1e-7)}, {"a+b": ["a", "b"]})
    assert joined["gradient/0/0/a+b"].tolist() == [1, 1, 0]
    assert joined["allowed_after/0/a+b"] == 1e-7
    assert "after/0/a+b" not in joined and "gradient/0/0/a" in joined
    assert sorted(joined) == ["after/0/a", "allowed_after/0/a", "allowed_after/0/a+b",
                              "allowed_after/0/b", "gradient/0/0/a", "gradient/0/0/a+b",
                              "gradient/0/0/b"]
