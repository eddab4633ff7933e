"""Edits that put something else in the place of a tensor, on a small graph."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity.causes import rewiring


def program():
    """GraphDef of out = 2 * relu(x) + relu(x), other = 3 * x."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [3], name="x")
        active = tf.nn.relu(x, name="active")
        tf.add(2.0 * active, active, name="out")
        tf.multiply(x, 3.0, name="other")
    return graph.as_graph_def()


def values(graph_def, *names):
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        with tf.Session(graph=graph) as session:
            return [value.tolist() for value in session.run(
                list(names), {"x:0": np.array([-1.0, 0.5, 2.0], np.float32)})]


def test_who_takes_or_fetches_a_tensor_gets_the_one_in_its_place():
    edited = rewiring.substituted(["active:0"], lambda old: old + 1.0)(program())
    assert values(edited, "active:0", "out:0", "other:0") == [
        [1.0, 1.5, 3.0], [3.0, 4.5, 9.0], [-3.0, 1.5, 6.0]]


def test_one_edit_after_another_sees_what_the_first_made():
    edited = program()
    for more in (1.0, 10.0):
        edited = rewiring.substituted(["active:0"], lambda old, more=more: old + more)(edited)
    assert values(edited, "active:0") == [[11.0, 11.5, 13.0]]


def test_an_operation_may_take_something_else_alone():
    edited = rewiring.given_instead(["active"], 0, lambda old: -old)(program())
    assert values(edited, "active:0", "other:0") == [[1.0, 0.0, 0.0], [-3.0, 1.5, 6.0]]


def test_an_operation_may_be_of_another_type():
    edited = rewiring.of_another_type(["active"], "Abs")(program())
    assert values(edited, "active:0") == [[1.0, 0.5, 2.0]]


@pytest.mark.parametrize("edit", [
    rewiring.substituted(["gone:0"], lambda old: old),
    rewiring.given_instead(["gone"], 0, lambda old: old)])
def test_a_graph_that_holds_none_of_them_is_refused(edit):
    with pytest.raises(KeyError, match="gone"):
        edit(program())


def test_names_that_the_graph_does_not_hold_are_left_out():
    edited = rewiring.substituted(["gone:0", "active:0"], tf.negative)(program())
    assert values(edited, "active:0") == [[0.0, -0.5, -2.0]]
