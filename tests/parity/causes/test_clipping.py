"""Gradients that are clipped otherwise, against NumPy."""

import numpy as np
import pytest

from parity.causes import clipping
from parity.common import rungs
from tests.parity.causes import embedded
from tests.parity.causes.one_step import taken

BOUND = 0.1  # of the program's global norm


def _norm(arrays):
    return np.sqrt(sum(np.square(each).sum() for each in arrays))


@pytest.fixture(name="captured", scope="module")
def fixture_captured(capture):
    return capture("sequences", "embedding_clipped")


@pytest.fixture(name="changed", scope="module")
def fixture_changed(captured):
    """Function of words that gives (gradients of the change with them, those without clipping)."""
    def of(words):
        changes = clipping.clipping(embedded.place(captured, rungs.GRADIENTS))
        change, = [each for each in changes if each.sentence.startswith(words)]
        step = taken(captured, change.edits)
        return step.phases[0].gradients, embedded.summed(step)
    return of


def check(found, expected):
    for variable, value in expected.items():
        np.testing.assert_allclose(found[variable], value, rtol=1e-12, atol=1e-16)


def test_the_program_takes_the_norm_of_each_use(captured):
    step = taken(captured)
    _, *each_use = embedded.gradients(step)
    assert _norm(each_use) > BOUND
    check(step.phases[0].gradients, {name: value * BOUND / _norm(each_use) for name, value in
                                     embedded.summed(step).items()})


def test_not_at_all(changed):
    found, plain = changed("gradients are not clipped")
    check(found, plain)


def test_by_the_global_norm_after_rows_were_added_up(changed):
    found, plain = changed("gradients are clipped by global norm 0.1 after repeated rows")
    check(found, {name: value * BOUND / _norm(plain.values()) for name, value in plain.items()})


def test_by_the_norm_of_each_after_rows_were_added_up(changed):
    found, plain = changed("gradients are clipped by norm 0.1 after repeated rows")
    check(found, {name: value * min(1.0, BOUND / _norm([value]))
                  for name, value in plain.items()})
