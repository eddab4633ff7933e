"""Verdicts on hand-made outputs of a graph that only runs forward: two layers, two values."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge import findings
from parity.judge import forward_only
from parity.judge import judge
from parity.judge.forward_only import FORWARD
from parity.judge.sides import Sides
from parity.pair import variables

HEADERS = {"float32": {}, "float64": {}}


def traces(dtype):
    """(reference, port): equal outputs of two calls."""
    random = np.random.RandomState(0)
    reference, port = {}, {}
    for step in (0, 1):
        hidden, logits = (random.standard_normal((4, size)).astype(dtype) for size in (3, 2))
        probabilities = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        reference.update({
            f"output/{step}/0/hidden": hidden, f"output/{step}/0/hidden/activation": hidden ** 2,
            f"fetched/{step}/0/logits:0": logits, f"fetched/{step}/0/probs:0": probabilities})
        port.update({
            f"output/{step}/d1": hidden ** 2, f"output/{step}/d2": logits,
            f"output/{step}/returned/0": logits, f"output/{step}/returned/1": probabilities})
    return reference, port


def judged(change=lambda reference, port: None):
    """The `Result` of the traces, both precisions changed by a function of (reference, port)."""
    seen = {}
    for dtype in ("float32", "float64"):
        reference, port = traces(dtype)
        change(reference, port)
        sides = Sides(reference, port, variables.Pairing([], [], []), [], (0, 1), {})
        seen[dtype] = judge.comparison(FORWARD.compared(sides), sides, dtype)
    return judge.judge("port", seen, forward_only.untrained(), HEADERS, FORWARD)


def first(result):
    found = result.first_difference
    return found and (found.rung, found.tensor, found.verdict)


def test_equal_outputs_prove_it_and_nothing_of_training_was_compared():
    result = judged()
    assert first(result) is None and findings.exit_status([result]) == 0
    assert result.verdict == differences.IDENTICAL
    assert result.rung(3, "float64") == differences.IDENTICAL
    assert [result.rung(rung, "float64") for rung in range(4, 9)] == [differences.NOT_RUN] * 5
    assert {finding.step for finding in result.findings if finding.rung == 3} == {0, 1}


def test_a_value_of_a_later_call_counts():
    def change(reference, port):
        port["output/1/returned/0"] = port["output/1/d2"] = port["output/1/d2"] * 2
    assert first(judged(change)) == (3, "logits:0", differences.DIFFERENT)


def test_a_value_that_the_port_does_not_return_may_be_a_layers():
    def change(reference, port):
        for step in (0, 1):
            port[f"output/{step}/returned/0"] = port.pop(f"output/{step}/returned/1")
    assert judged(change).verdict == differences.IDENTICAL


def test_a_layer_stands_for_no_value_in_whose_place_another_is_returned():
    def change(reference, port):
        port["output/0/returned/0"] = port["output/0/returned/0"] * 3
    assert first(judged(change)) == (3, "logits:0", differences.DIFFERENT)


def test_a_value_that_no_output_matches_is_different_and_never_dropped():
    def change(reference, port):
        reference["fetched/0/0/more:0"] = np.ones((4, 7), reference["fetched/0/0/probs:0"].dtype)
    result = judged(change)
    assert first(result) == (3, "more:0", differences.DIFFERENT)
    assert "28 numbers" in result.first_difference.note
    assert findings.exit_status([result]) == 1


def test_whole_numbers_may_be_of_another_size():
    def change(reference, port):
        reference["fetched/0/0/classes:0"] = np.array([1, 0, 1, 1], np.int64)
        port["output/0/returned/2"] = np.array([1, 0, 1, 1], np.int32)
    assert judged(change).verdict == differences.IDENTICAL

    def wrong(reference, port):
        change(reference, port)
        port["output/0/returned/2"][1] = 1
    assert first(judged(wrong)) == (3, "classes:0", differences.DIFFERENT)


def test_a_layer_without_a_partner_counts_only_where_values_differ():
    def other(reference, port):
        for step in (0, 1):
            del port[f"output/{step}/d1"]
            port[f"output/{step}/d1"] = 7 + 0 * reference[f"output/{step}/0/hidden"]
    assert judged(other).verdict == differences.IDENTICAL

    def wrong(reference, port):
        other(reference, port)
        port["output/0/returned/0"] = port["output/0/returned/0"] * 3
    assert first(judged(wrong)) == (3, "hidden", differences.DIFFERENT)


def test_a_layer_that_agrees_behind_its_activation_is_not_where_a_port_departs():
    def change(reference, port):  # the port has nothing like what comes before the activation
        port["output/0/returned/0"] = port["output/0/returned/0"] * 3
    result = judged(change)
    assert first(result) == (3, "logits:0", differences.DIFFERENT)
    assert not [finding for finding in result.findings if finding.tensor == "hidden"]


def test_rounded_constants_explain_a_difference_of_their_size():
    def change(reference, port):
        if port["output/0/d2"].dtype == np.float64:
            reference["allowed_fetched/0/0/logits:0"] = np.float64(1e-5)
            port["output/0/returned/0"] = port["output/0/returned/0"] * (1 + 1e-5)
    result = judged(change)
    assert first(result) == (3, "logits:0", differences.CONSTANTS)
    assert findings.exit_status([result]) == 0


def test_without_any_value_nothing_is_proved():
    def change(reference, port):
        for name in list(reference):
            if not name.startswith("output/0/0/hidden"):
                del reference[name]
        for name in list(port):
            del port[name]
    result = judged(change)
    assert first(result) == (3, "nothing", differences.INCONCLUSIVE)
    assert findings.exit_status([result]) == 3


def test_what_is_no_number_on_both_sides_is_inconclusive():
    def change(reference, port):
        port["output/0/returned/0"] = reference["fetched/0/0/logits:0"] = (
            reference["fetched/0/0/logits:0"] * np.nan)
    result = judged(change)
    assert [finding.verdict for finding in result.findings
            if finding.tensor == "logits:0" and finding.step == 0] == ["inconclusive"] * 2


def test_a_layer_that_agrees_before_its_activation_is_not_where_a_port_departs():
    def change(reference, port):
        for step in (0, 1):
            port[f"output/{step}/d1"] = reference[f"output/{step}/0/hidden"]
        port["output/0/returned/0"] = port["output/0/returned/0"] * 3
    result = judged(change)
    assert first(result) == (3, "logits:0", differences.DIFFERENT)
    assert not [finding for finding in result.findings if finding.tensor == "hidden/activation"]


@pytest.mark.parametrize("allowed,off,near", [
    (0.0, 0.009, True), (0.0, 0.011, False), (0.02, 0.039, True), (0.02, 0.041, False)])
def test_a_value_is_returned_where_it_comes_as_near_as_rounding_and_constants_go(
        allowed, off, near):
    """Where it is not, what is returned may as well be the other value, and a layer that is not."""
    def change(reference, port):
        logits = reference["fetched/0/0/logits:0"]
        other = logits[::-1].copy()
        reference.update({"fetched/0/0/other:0": other,
                          "allowed_fetched/0/0/logits:0": np.float64(allowed)})
        port["output/0/inner"] = other
        port["output/0/returned/0"] = (logits * (1 + off)).astype(logits.dtype)
    assert {finding.note for finding in judged(change).findings
            if finding.tensor == "other:0"} == {"inner" if near else "returned/0"}


def test_rungs_of_training_are_said_not_to_be_run():
    found = forward_only.untrained()
    assert [(each.rung, each.dtype) for each in found] == [
        (rung, dtype) for rung in (4, 5, 6, 7, 8) for dtype in ("float32", "float64")]
    assert {(each.tensor, each.verdict, each.note) for each in found} == {
        ("training", differences.NOT_RUN, forward_only.NOTE)}


def test_what_the_graph_gives_has_numbers_of_both_sides():
    logits = traces("float32")[0]["fetched/0/0/logits:0"]

    def change(reference, port):
        port["output/0/returned/0"] = port["output/0/returned/0"].copy()
        port["output/0/returned/0"][2, 1] += 0.5
    first = judged(change).first_difference
    assert (first.tensor, first.numbers.apart, first.numbers.size) == ("logits:0", 1, 8)
    entry, = first.numbers.entries
    assert (entry.place, entry.reference) == ((2, 1), logits[2, 1])
    assert entry.port == pytest.approx(logits[2, 1] + 0.5)
