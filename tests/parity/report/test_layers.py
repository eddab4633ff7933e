"""Findings by layer: which layer each is about, and what stands in one row."""

import pytest

from parity.judge.findings import Finding
from parity.report import layers
from tests.parity.report.results import DIFFERENT, EQUAL, result


@pytest.mark.parametrize("rung, tensor, note, expected", [
    (5, "net/dense/kernel", "", "net/dense"), (7, "net/dense/kernel@m", "", "net/dense"),
    (7, "net/dense/kernel@m at the start", "", "net/dense"), (8, "kernel", "", layers.OTHERS),
    (8, "rate of optimiser 1 at step 10", "1, 2 in the port", layers.OTHERS),
    (8, "free run", "a sentence/with a slash", layers.OTHERS), (0, "v/Adam", "", layers.REPLAY),
    (4, "loss:0 of phase 1", "loss", layers.LOSSES),
    (3, "old/activation", "net/relu", "net/relu"), (3, "old", "net/dense/1", "net/dense"),
    (3, "old", "net/lstm:1", "net/lstm"), (3, "old/input", "input of net/dense/0/0", "net/dense"),
    (3, "old/activation, not training", "of another shape", "old"), (3, "old", "", "old")])
def test_a_finding_is_about_a_layer_of_the_port(rung, tensor, note, expected):
    assert layers.layer(Finding(rung, "float32", tensor, "different", note=note)) == expected


def test_what_was_not_run_is_about_none():
    assert layers.layer(Finding(7, "float32", "net/dense/kernel", "not run")) == (
        layers.NOT_COMPARED)


def test_precisions_and_steps_of_a_tensor_stand_in_one_row():
    found = result(
        Finding(8, "float32", "a/w", "rounding", 1e-7, step=1),
        Finding(8, "float32", "a/w", "different", 1e-3, step=5, note="first"),
        Finding(8, "float32", "a/w", "different", 1e-2, step=7, note="worst"),
        Finding(8, "float64", "a/w", "rounding", 1e-13, step=2))
    (name, (row,)), = layers.of(found).items()
    assert (name, row.rung, row.tensor, row.step, row.note, row.verdict) == (
        "a", 8, "a/w", 5, "worst", "different")
    assert {dtype: (each.verdict, each.relative) for dtype, each in row.cells.items()} == {
        "float32": ("different", 1e-2), "float64": ("rounding", 1e-13)}


def test_layers_stand_in_their_order_and_what_is_none_behind_them():
    found = result(
        Finding(0, "float32", "v", "rounding"), Finding(2, "float32", "b/w", "different"),
        Finding(3, "float32", "x", "different", note="c"), Finding(4, "float32", "l", "different"),
        Finding(5, "float32", "a/w", "different"), Finding(7, "float32", "s", "not run"),
        Finding(1, "float32", "b/w", "different"), Finding(8, "float32", "free run", "different"))
    assert list(layers.of(found)) == [
        "b", "c", "a", layers.REPLAY, layers.LOSSES, layers.OTHERS, layers.NOT_COMPARED]
    assert [row.rung for row in layers.of(found)["b"]] == [1, 2]


def test_what_is_identical_is_left_out():
    assert {name: [row.tensor for row in rows] for name, rows in layers.of(EQUAL).items()} == {
        "joint:g/hidden1": ["joint:g/hidden1"]}
    assert "g/kernel" not in [row.tensor for row in layers.of(DIFFERENT)["g"] if row.rung == 1]
