"""Gradients of an edited forward pass are those of tf.gradients, and wait for each other."""

import numpy as np
import pytest

from parity.causes import recomputed
from parity.causes import rewiring
from tests.parity.causes.one_step import taken


@pytest.fixture(name="captured", scope="module")
def fixture_captured(capture):
    return capture("layers", "leaky_relu")


def gradients(captured, edits):
    return taken(captured, edits).phases[0].gradients


def test_without_an_edit_they_are_bit_for_bit_the_programs_own(captured):
    own, made = gradients(captured, []), gradients(captured, [recomputed.gradients(captured)])
    assert {name: value.tobytes() for name, value in own.items()} == {
        name: value.tobytes() for name, value in made.items()}


def test_they_follow_what_is_edited(captured):
    loss = "sparse_softmax_cross_entropy_loss/value:0"
    edits = [rewiring.substituted([loss], lambda old: 3.0 * old), recomputed.gradients(captured)]
    own, made = gradients(captured, []), gradients(captured, edits)
    for name, value in own.items():
        np.testing.assert_allclose(made[name], 3.0 * value, rtol=1e-13)


def test_no_variable_is_updated_before_the_loss_has_read_it(capture):
    """Of a penalty no gradient needs the value, which reads the variables themselves."""
    captured = capture("losses", "half_l2")
    edit = rewiring.substituted(["L2Loss:0", "L2Loss_1:0"], lambda old: 2.0 * old)
    plain, alone, both = (taken(captured, edits).phases[0].losses["add:0"] for edits in (
        [], [edit], [edit, recomputed.gradients(captured)]))
    assert alone > plain and both == alone
