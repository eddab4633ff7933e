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


def test_by_the_norm_of_each_use_where_rows_are_added_up_before(capture):
    """Of a table by a product with one-hot rows, and not of one that is also a dense layer's."""
    captured = capture("masked_words", "masked_words")
    changes = list(clipping.clipping(embedded.place(
        captured, rungs.GRADIENTS, target="types/table")))

    def gradients(words):
        change, = [each for each in changes if each.sentence.startswith(words)]
        return taken(captured, change.edits).phases[0].gradients
    plain, step = gradients("gradients are not clipped"), taken(captured)
    types = step.phases[0].inputs["types:0"].ravel()
    each_use = _each_use_of_types(step, types.size)
    table = np.zeros_like(plain["types/table"])
    np.add.at(table, types, each_use)
    np.testing.assert_allclose(table, plain["types/table"], rtol=1e-9)
    norm = _norm([each_use] + [value for name, value in plain.items() if name != "types/table"])
    assert norm != pytest.approx(_norm(plain.values()), rel=1e-3)
    check(gradients("gradients are clipped by global norm 0.1 before repeated rows"),
          {name: value * BOUND / norm for name, value in plain.items()})


def _each_use_of_types(step, count):
    """Gradient [uses, units] of the mean cross-entropy by each row of types that is added."""
    before, inputs = step.before, step.phases[0].inputs
    vectors = (before["words/table"][inputs["words:0"]]
               + before["types/table"][inputs["types:0"]]).reshape(count, -1)
    x = vectors @ before["transform/kernel"] + before["transform/bias"]
    inner = 0.7978846 * (x + 0.044715 * x ** 3)
    slope = 0.5 * (1 + np.tanh(inner)) + 0.5 * x / np.cosh(inner) ** 2 * 0.7978846 * (
        1 + 3 * 0.044715 * x ** 2)
    logits = 0.5 * x * (1 + np.tanh(inner)) @ before["words/table"].T + before["output_bias"]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    errors = (shares - np.eye(9)[inputs["labels:0"].ravel()]) / count
    return (errors @ before["words/table"]) * slope @ before["transform/kernel"].T
