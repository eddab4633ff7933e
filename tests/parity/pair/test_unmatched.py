"""What has no partner is said as shapes, beside what comes nearest to it."""

import pytest

from parity.judge.rungs import structure
from parity.pair import bookkeeping
from parity.pair import mapping
from parity.pair import unmatched
from parity.pair import variables
from tests.parity.pair.described import both, entry, port


def said(reference, ported):
    return [line for _, line in unmatched.said(variables.pair(reference, ported))]


def test_another_size_is_told_as_two_shapes_and_once():
    found = said(
        [entry("dense/kernel", "kernel", [784, 128]), entry("dense/bias", "bias", [128])],
        [port("d1/kernel", [784, 64]), port("d1/bias", [64])])
    assert found == [
        "dense/kernel is [784, 128]; the nearest of the port, d1/kernel, is [784, 64]",
        "dense/bias is [128]; the nearest of the port, d1/bias, is [64]"]


def test_the_nearest_is_of_the_same_name_even_if_others_look_alike():
    found = said([entry("net/fc2/kernel", "kernel", [8, 4])],
                 [port("fc1/kernel", [8, 5]), port("fc2/kernel", [7, 3])])
    assert found[0] == "net/fc2/kernel is [8, 4]; the nearest of the port, fc2/kernel, is [7, 3]"


def test_too_few_variables_are_told_with_what_the_reference_has():
    found = said([entry("dense/kernel", "kernel", [3, 4]), entry("dense/bias", "bias", [4])],
                 [port("d/kernel", [3, 4])])
    assert found == ["dense/bias is [4]; the port has nothing left of that kind"]


def test_too_many_are_told_as_the_ports():
    found = said([entry("a/kernel", "kernel", [3, 4])],
                 [port("d/kernel", [3, 4]), port("d/bias", [4])])
    assert found == ["the port's d/bias is [4]; the reference has nothing left of that kind"]


@pytest.mark.parametrize("name,kind,shape,line", [
    ("rnn/lstm_cell/w_f_diag", "other", [4], "peepholes of an LSTM, which Keras's LSTM"),
    ("rnn/lstm_cell/projection/kernel", "dense", [4, 2], "the projection of an LSTM's state")])
def test_what_keras_does_not_have_is_said_so(name, kind, shape, line):
    found, = said([entry(name, "kernel" if kind == "dense" else "variable", shape, kind)], [])
    assert line in found


def test_a_gru_that_resets_after_the_product_is_another_formula():
    gru = [entry(f"c/{part}/{leaf}", leaf, shape, f"GRU cell ({part})") for part, leaf, shape in (
        ("gates", "kernel", [5, 4]), ("gates", "bias", [4]), ("candidate", "kernel", [5, 2]),
        ("candidate", "bias", [2]))]
    found = mapping.mapping(*both(gru, [
        port("gru/gru_cell/kernel", [3, 6]), port("gru/gru_cell/recurrent_kernel", [2, 6]),
        port("gru/gru_cell/bias", [2, 6])]))
    line, = {each.note for each in structure.found(found) if each.verdict == "different"}
    assert line == ("c/gates+candidate/bias is [6]; the port's gru/gru_cell/bias is [2, 6]: "
                    "TensorFlow 1's GRUCell is keras.layers.GRU(..., reset_after=False)")


@pytest.mark.parametrize("name,shape,dtype,word", [
    ("global_step", [], "int64", "a step counter"),
    ("training/Adam/iterations", [], "int64", "a step counter"),
    ("train_time", [], "float32", "a time"), ("lr", [], "float32", "a number of the optimiser"),
    ("batch_pointer", [], "int32", "a place in the data"), ("flags", [3], "int32", "a count"),
    ("Variable", [], "float32", "a single number"),
    ("d/kernel/ExponentialMovingAverage", [3, 2], "float32", "a moving average of d/kernel"),
    ("frozen/embeddings", [3, 2], "float32", "")])
def test_bookkeeping_is_told_from_weights(name, shape, dtype, word):
    each = entry(name, name.rpartition("/")[2], shape, "state", False) | {"dtype": dtype}
    assert bookkeeping.word(each, [each, entry("d/kernel", "kernel", [3, 2])]) == word
