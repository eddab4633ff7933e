"""Verdicts on how both sides begin a variable."""

import numpy as np
import pytest

from parity.judge import differences
from parity.judge.rungs import initialisers as initial
from parity.judge.rungs.initialisers import Side
from parity.pair import first_values
from parity.pair import rows
from parity.pair import transforms
from parity.pair import variables

RNG = np.random.default_rng(0)
UNIFORM = {"kind": "uniform", "low": -0.5, "high": 0.5}
CUT = {"kind": "truncated_normal", "mean": 0.0, "stddev": 1.0}
NUMBERS = RNG.uniform(-0.5, 0.5, 20000)
ZEROS = Side({"kind": "constant"}, np.zeros(4))


def ours(kind, start, draws=None):
    return Side(kind if isinstance(kind, dict) else {"kind": kind}, draws, np.asarray(start))


def uniform(width=1.0, start=None):
    """A port's variable that is uniform from -width / 2 to width / 2."""
    draws = width * RNG.uniform(-0.5, 0.5, 20000)
    return ours({"kind": "uniform", "low": -width / 2, "high": width / 2},
                draws[:5000].reshape(50, 100) if start is None else start, draws)


def test_one_distribution_is_identical():
    assert initial.compared(Side(UNIFORM, NUMBERS), uniform()) == ("identical", "")


def test_another_width_is_different():
    verdict, note = initial.compared(Side(UNIFORM, NUMBERS), uniform(1.2))
    assert (verdict, note) == ("different", "uniform(high 0.5, low -0.5), "
                               "uniform(high 0.6, low -0.6) in the port")


def test_values_that_the_port_sets_itself_prove_nothing():
    assert initial.compared(Side(UNIFORM, NUMBERS), uniform(1.2, np.full((50, 100), 3.0)))[0] == (
        differences.NOT_RUN)


@pytest.mark.parametrize("width,verdict", [(1.0, "identical"), (1.5, "different")])
def test_a_computed_distribution_is_told_by_draws(width, verdict):
    assert initial.compared(Side({"kind": "other"}, NUMBERS), uniform(width))[0] == verdict


@pytest.mark.parametrize("start,verdict", [([0.0] * 4, "identical"), ([1.0] * 4, "different"),
                                           ([0.0, 1.0, 0.0, 0.0], "different")])
def test_of_a_constant_what_the_port_starts_with_counts(start, verdict):
    assert initial.compared(ZEROS, ours("constant", start))[0] == verdict


def test_a_constant_that_is_drawn_in_the_port_is_different():
    assert initial.compared(ZEROS, uniform())[0] == differences.DIFFERENT


def test_a_drawn_variable_that_is_constant_in_the_port_is_different():
    verdict, note = initial.compared(Side(UNIFORM, NUMBERS), ours("constant", np.zeros(4)))
    assert (verdict, note) == (
        "different", "uniform(high 0.5, low -0.5), 0 everywhere in the port")


def test_arrays_of_the_program_are_identical_or_prove_nothing():
    array = Side({"kind": "array"}, np.arange(4.0))
    assert initial.compared(array, ours("constant", np.arange(4.0)))[0] == differences.IDENTICAL
    assert initial.compared(array, uniform())[0] == differences.NOT_RUN


def test_slims_rounded_constant_is_a_constant():
    other = dict(CUT, stddev=1.0 / np.sqrt(1.3) / 0.87962566103423978)
    assert initial.compared(Side(CUT, NUMBERS), ours(other, np.zeros(3), NUMBERS))[0] == (
        differences.CONSTANTS)


def test_what_cannot_be_told_is_said_once_for_each_reason():
    unknown = ours({"kind": "unknown", "reason": "nobody says"}, NUMBERS[:5], None)
    found = list(initial.found([(name, Side(UNIFORM, NUMBERS), unknown) for name in "abc"],
                               ["float32"]))
    assert [(each.tensor, each.verdict, each.note) for each in found] == [
        ("a, b and 1 more", differences.NOT_RUN, "nobody says")]


@pytest.mark.parametrize("count,tensor", [
    (1, "a"), (2, "a, b"), (3, "a, b and 1 more"), (4, "a, b and 2 more")])
def test_of_many_that_cannot_be_told_two_are_named(count, tensor):
    unknown = ours({"kind": "unknown", "reason": "nobody says"}, NUMBERS[:5], None)
    found = list(initial.found([(name, Side(UNIFORM, NUMBERS), unknown)
                                for name in "abcd"[:count]], ["float32", "float64"]))
    assert [(each.rung, each.dtype, each.tensor) for each in found] == [
        (2, "float32", tensor), (2, "float64", tensor)]


def test_each_verdict_is_said_in_each_precision():
    found = list(initial.found([("a", Side(UNIFORM, NUMBERS), uniform()),
                                ("b", ZEROS, ours("constant", [0.0, 2.0, 0.0, 0.0]))],
                               ["float32", "float64"]))
    assert [(each.rung, each.dtype, each.tensor, each.verdict, each.note) for each in found] == [
        (2, "float32", "a", "identical", ""), (2, "float64", "a", "identical", ""),
        (2, "float32", "b", "different", "0, 2 in the port"),
        (2, "float64", "b", "different", "0, 2 in the port")]


def test_what_the_reference_cannot_tell_is_not_run():
    assert initial.compared(Side({"kind": "unknown", "reason": "a pyfunc"}, None), uniform()) == (
        differences.NOT_RUN, "a pyfunc")
    assert initial.compared(Side({"kind": "unknown"}, None), uniform()) == (
        differences.NOT_RUN, "the graph does not hold its first value")


def test_a_constant_of_unknown_origin_in_the_port_is_not_run_unless_it_is_equal():
    unknown = {"kind": "unknown", "reason": "nobody says"}
    assert initial.compared(ZEROS, ours(unknown, [0.0] * 4))[0] == differences.IDENTICAL
    assert initial.compared(ZEROS, ours(unknown, [0.0, 1.0, 2.0, 3.0])) == (
        differences.NOT_RUN, "nobody says")


def test_a_constant_of_the_port_that_it_fills_with_other_numbers_is_not_run():
    assert initial.compared(Side(UNIFORM, NUMBERS), ours("constant", np.arange(4.0)))[0] == (
        differences.NOT_RUN)


def test_other_draws_are_shown_by_their_deviation():
    _, note = initial.compared(Side({"kind": "other"}, np.tile([1.0, -1.0], 10000)), uniform())
    assert note.startswith("draws of standard deviation 1, uniform(high 0.5, low -0.5) in the "
                           "port: draws differ, KS ")
    assert "standard deviations 1 and 0.28" in note


def test_a_constant_array_is_shown_as_one():
    _, note = initial.compared(Side({"kind": "constant"}, np.arange(4.0)), uniform())
    assert note.startswith("a constant array, uniform(")


@pytest.mark.parametrize("mean,stddev,verdict", [
    (0.0, 1.0, "constants"), (1e-13, 1.0, "constants"), (1.5e-12, 1.0, "different"),
    (0.0, 1 + 0.8e-5, "constants"), (0.0, 1 + 1.5e-5, "different"), (0.0, 1.01, "different")])
def test_slims_constant_explains_nothing_else(mean, stddev, verdict):
    other = dict(CUT, mean=mean, stddev=stddev / np.sqrt(1.3) / 0.87962566103423978)
    assert initial.compared(Side(CUT, NUMBERS), ours(other, np.zeros(3), NUMBERS))[0] == verdict


class Found:
    """As much of a `Mapping` as is asked for."""

    def __init__(self, row, joins):
        self.variables, self.joins = variables.Pairing([row], [], []), joins
        self.reference = {"updates": [{"variable": row.reference}]}


def sides_of(row, declared, start, joins=None):
    return first_values.sides(Found(row, joins or {}), {"declared": declared}, {}, (
        {row.port: {"kind": "constant"}}, {}, {"state/" + row.port: np.asarray(start)}))


def test_a_forget_bias_in_the_code_is_the_one_in_keras():
    row = rows.Row("b", "lstm/bias", transforms.cell_bias("LSTM cell", 1.0), "name")
    (_, theirs, port), = sides_of(row, {"b": {"kind": "constant", "value": 0.0, "shape": [4]}},
                                  [0.0, 1.0, 0.0, 0.0])
    assert initial.compared(theirs, port)[0] == differences.IDENTICAL


def test_gates_and_candidate_that_are_joined_keep_their_own_constants():
    row = rows.Row("g+c", "gru/bias", transforms.cell_bias("GRU cell"), "name")
    declared = {"g": {"kind": "constant", "value": 1.0, "shape": [2]},
                "c": {"kind": "constant", "value": 0.0, "shape": [1]}}
    (_, theirs, port), = sides_of(row, declared, [1.0, 1.0, 0.0], {"g+c": ["g", "c"]})
    assert initial.compared(theirs, port)[0] == differences.IDENTICAL
