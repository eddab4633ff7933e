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
