"""Which variable of a port stands for which of the reference."""

import numpy as np
import pytest

from parity.pair import transforms
from parity.pair import variables


def entry(name, role, shape, kind="dense", trainable=True, forget_bias=None, optimizer=None):
    return {"name": name, "role": role, "shape": list(shape), "kind": kind,
            "trainable": trainable, "forget_bias": forget_bias, "optimizer": optimizer}


def port(path, shape, trainable=True, layer="Dense", optimizer=None):
    return {"path": path, "leaf": path.rpartition("/")[2], "shape": list(shape),
            "trainable": trainable, "layer": layer, "optimizer": optimizer}


def pairs(found):
    return {(row.reference, row.port): row.reason for row in found.rows}


def test_equal_last_scope_and_role_are_a_pair_whatever_stands_before():
    found = variables.pair(
        [entry("net/fc1/weights", "kernel", [3, 4]), entry("net/fc1/biases", "bias", [4])],
        [port("fc1/bias", [4]), port("fc1/kernel", [3, 4])])
    assert pairs(found) == {("net/fc1/weights", "fc1/kernel"): "name",
                            ("net/fc1/biases", "fc1/bias"): "name"}
    assert not found.reference_only and not found.port_only


def test_unnamed_variables_are_paired_by_role_shape_and_order():
    found = variables.pair(
        [entry("Variable", "kernel", [4, 4]), entry("Variable_1", "bias", [4]),
         entry("Variable_2", "kernel", [4, 4]), entry("Variable_3", "bias", [4])],
        [port("a/kernel", [4, 4]), port("a/bias", [4]), port("b/kernel", [4, 4]),
         port("b/bias", [4])])
    assert [(row.reference, row.port) for row in found.rows] == [
        ("Variable", "a/kernel"), ("Variable_1", "a/bias"), ("Variable_2", "b/kernel"),
        ("Variable_3", "b/bias")]
    assert {row.reason for row in found.rows} == {"kind, shape and order of use"}
    assert [row.ambiguous for row in found.rows] == [1, 1, 1, 1]


def test_variables_of_one_shape_are_told_apart_by_who_trains_them():
    found = variables.pair(
        [entry("Variable_6", "kernel", [4, 4], optimizer=1),
         entry("Variable_4", "kernel", [2, 4], optimizer=1),
         entry("Variable", "kernel", [4, 4], optimizer=0)],
        [port("d/kernel", [4, 4], optimizer=0), port("g/0/kernel", [2, 4], optimizer=1),
         port("g/1/kernel", [4, 4], optimizer=1)])
    assert set(pairs(found)) == {("Variable_6", "g/1/kernel"), ("Variable_4", "g/0/kernel"),
                                 ("Variable", "d/kernel")}


def test_a_name_is_no_pair_where_the_shape_is_another():
    found = variables.pair([entry("fc/kernel", "kernel", [3, 4])], [port("fc/kernel", [3, 5])])
    assert not found.rows
    assert [each["name"] for each in found.lacks_trained() if "name" in each] == ["fc/kernel"]
    assert len(found.lacks_trained()) == 2


def test_moving_averages_are_no_partners_of_trained_variables():
    found = variables.pair(
        [entry("bn/moving_mean", "moving_mean", [4], "state", trainable=False)],
        [port("norm/beta", [4]), port("norm/moving_mean", [4], trainable=False)])
    assert [(row.reference, row.port) for row in found.rows] == [
        ("bn/moving_mean", "norm/moving_mean")]


def test_counters_and_averages_of_weights_stay_alone_and_are_not_trained():
    found = variables.pair([entry("global_step", "global_step", [], "state", trainable=False)], [])
    assert [each["name"] for each in found.reference_only] == ["global_step"]
    assert found.lacks_trained() == []


def test_a_convolution_of_one_by_one_fits_a_dense_layer():
    found = variables.pair([entry("conv/weights", "kernel", [1, 1, 3, 4], "convolution")],
                           [port("dense/kernel", [3, 4])])
    row, = found.rows
    value = np.arange(12.0).reshape(1, 1, 3, 4)
    assert (row.transform.state(value) == value[0, 0]).all()
    assert row.transform.name == "reshaped to [3, 4]"


def test_an_lstm_has_one_kernel_there_and_two_here():
    units, inputs = 2, 3
    found = variables.pair(
        [entry("rnn/cell/kernel", "kernel", [inputs + units, 4 * units], "LSTM cell"),
         entry("rnn/cell/bias", "bias", [4 * units], "LSTM cell", forget_bias=1.0)],
        [port("lstm/lstm_cell/kernel", [inputs, 4 * units], layer="LSTMCell"),
         port("lstm/lstm_cell/recurrent_kernel", [units, 4 * units], layer="LSTMCell"),
         port("lstm/lstm_cell/bias", [4 * units], layer="LSTMCell")])
    by_leaf = {row.port.rpartition("/")[2]: row.transform for row in found.rows}
    kernel = np.arange(40.0).reshape(5, 8)  # columns: i i j j f f o o
    assert by_leaf["kernel"].state(kernel)[0].tolist() == [0, 1, 4, 5, 2, 3, 6, 7]
    assert by_leaf["recurrent_kernel"].state(kernel)[0].tolist() == [24, 25, 28, 29, 26, 27, 30, 31]
    bias = np.zeros(8)
    assert by_leaf["bias"].state(bias).tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert by_leaf["bias"].change(bias).tolist() == [0.0] * 8
    assert bias.tolist() == [0.0] * 8
    assert not found.reference_only and not found.port_only


@pytest.mark.parametrize("transform", [transforms.input_kernel("LSTM cell", 3),
                                       transforms.recurrent_kernel("LSTM cell", 3)])
def test_kernels_change_as_they_are(transform):
    value = np.random.RandomState(0).rand(5, 8)
    assert (transform.state(value) == transform.change(value)).all()
