"""An Adam that a program writes as assignments, with other numbers and formulas, against NumPy."""

import numpy as np
import pytest

from parity.causes import written_adam
from parity.common import rungs
from tests.parity.causes import embedded
from tests.parity.causes.one_step import taken

_TABLE, _BIAS = "words/table", "transform/bias"
_RATE = 0.01 * (1.0 - 4.0 / 20.0)  # of step 4
# Moments other than 0, so that their decays tell.
_START = {"global_step": np.int64(4), _TABLE + "/adam_m": np.full((9, 4), 0.01),
          _TABLE + "/adam_v": np.full((9, 4), 1e-4)}


@pytest.fixture(name="captured", scope="module")
def fixture_captured(capture):
    return capture("masked_words", "masked_words")


@pytest.fixture(name="changed", scope="module")
def fixture_changed(captured):
    """Function of words that gives the `Step` of the change whose sentence begins with them."""
    def of(words, **optimizer):
        changes = list(written_adam.changes(
            embedded.place(captured, rungs.TRAINING, optimizer, _TABLE)))
        change = next(each for each in changes if each.sentence.startswith(words))
        step = taken(captured, change.edits, _START)
        finished = change.finish(step.before, step.after) if change.finish else {}
        return step._replace(after=dict(step.after, **finished))
    return of


def expected(step, variable, beta1=0.9, beta2=0.999, epsilon=1e-6, decay=0.0, inside=0.0,
             count=None, outer=0.0):
    """(variable, m, v) after a step; `outer` is an epsilon added after the correction."""
    gradient = step.phases[0].gradients[variable]
    m = beta1 * step.before[variable + "/adam_m"] + (1 - beta1) * gradient
    v = beta2 * step.before[variable + "/adam_v"] + (1 - beta2) * gradient ** 2
    above, root = m, np.sqrt(v + inside)
    if count:
        above, root = m / (1 - beta1 ** count), root / np.sqrt(1 - beta2 ** count)
        epsilon = epsilon / np.sqrt(1 - beta2 ** count)
    update = above / (root + epsilon + outer) + decay * step.before[variable]
    return step.before[variable] - _RATE * update, m, v


def check(step, variable, **numbers):
    names = [variable, variable + "/adam_m", variable + "/adam_v"]
    for name, value in zip(names, expected(step, variable, **numbers)):
        np.testing.assert_allclose(step.after[name], value, rtol=1e-9, err_msg=name)


def test_the_program_as_it_is(captured):
    step = taken(captured, start=_START)
    check(step, _TABLE, decay=0.01)
    check(step, _BIAS)


@pytest.mark.parametrize("words, numbers", [
    ("the optimiser's epsilon is 1e-07", {"epsilon": 1e-7}),
    ("the optimiser's beta_1 is 0.5", {"beta1": 0.5}),
    ("the optimiser's beta_2 is 0.99,", {"beta2": 0.99}),
    ("epsilon is added before", {"epsilon": 0.0, "inside": 1e-6}),
    ("no weights decay", {"decay": 0.0}),
    ("weights decay by 0.001", {"decay": 0.001})])
def test_another_number_or_formula(changed, words, numbers):
    step = changed(words)
    check(step, _TABLE, **dict({"decay": 0.01}, **numbers))
    check(step, _BIAS, **{name: value for name, value in numbers.items() if name != "decay"})


def test_all_variables_decay(changed):
    step = changed("all variables decay")
    check(step, _TABLE, decay=0.01)
    check(step, _BIAS, decay=0.01)


def test_the_ports_own_numbers_are_tried(changed):
    check(changed("the optimiser's epsilon is 0.0123", epsilon=0.0123), _TABLE, decay=0.01,
          epsilon=0.0123)
    check(changed("weights decay by 0.2", weight_decay=0.2), _TABLE, decay=0.2)


def test_the_bias_of_the_moments_is_corrected(changed):
    check(changed("the bias of the moments is corrected, in"), _TABLE, decay=0.01, count=5)
    check(changed("the bias of the moments is corrected, epsilon"), _TABLE, decay=0.01, count=5,
          epsilon=0.0, outer=1e-6)


def test_of_another_optimiser_there_are_none(capture):
    place = embedded.place(capture("sequences", "embedding_adam"), rungs.TRAINING)
    assert not list(written_adam.changes(place))
