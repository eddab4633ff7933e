"""One tensor under many changes, and how near it comes to the port's."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity.causes import normalisation
from parity.causes import rewiring
from parity.causes import screen


class Program:
    """A captured program of one product: variable w times x, plus 0.1; and an average."""

    variables = ("average", "w")

    def graph_def(self):
        with tf.Graph().as_default() as graph:
            x = tf.placeholder(tf.float32, [2, 2], name="x")
            w = tf.get_variable("w", [2, 1], tf.float32, tf.zeros_initializer())
            tf.add(tf.matmul(x, w), 0.1, name="out")
            tf.get_variable("average", [2, 1], tf.float32, tf.zeros_initializer())
        return graph.as_graph_def()


@pytest.fixture(name="seen", params=[False, True], ids=["reference variables", "resources"])
def fixture_seen(request):
    before = tf.resource_variables_enabled()
    (tf.enable_resource_variables if request.param else tf.disable_resource_variables)()
    state = {"w": np.array([[1.0], [2.0]]), "average": np.array([[5.0], [6.0]])}
    yield screen.Screen(Program(), "out:0", "float64", state,
                        {"x": np.array([[1, 0], [0, 1]], np.float32)})
    (tf.enable_resource_variables if before else tf.disable_resource_variables)()


def test_the_tensor_is_that_of_the_state_in_the_precision(seen):
    assert seen.value().tolist() == [[1.1], [2.1]]  # 0.1 in float64, as it was written


def test_an_edit_may_take_a_variable_that_the_tensor_does_not_need(seen):
    edit = rewiring.substituted(["out:0"], lambda old: normalisation.read(
        old.graph.get_operation_by_name("average")))
    assert seen.value([edit]).tolist() == [[5.0], [6.0]]


def test_an_edit_shows_and_one_of_something_else_is_none(seen):
    edit = rewiring.substituted(["out:0"], lambda old: old * 2.0)
    assert seen.value([edit]).tolist() == [[2.2], [4.2]]
    assert seen.value([rewiring.substituted(["gone:0"], tf.negative)]) is None


def test_a_graph_that_cannot_be_is_none(seen):
    assert seen.value([rewiring.substituted(["out:0"], lambda old: tf.matmul(old, old))]) is None


def test_the_distance_is_that_of_the_nearest_of_its_size():
    ours = [np.array([1.0, 2.0]), np.array([[3.0], [4.0]]), np.array([3.0])]
    assert screen.distance(np.array([[3.0, 4.0]]), ours) == 0.0
    assert screen.distance(np.array([6.0, 8.0]), ours) == 0.5
    assert screen.distance(np.array([1.0, 2.0, 3.0]), ours) == np.inf
    assert screen.distance(np.array([np.nan, 1.0]), ours) == np.inf
    assert screen.distance(np.zeros(2), [np.zeros(2)]) == 0.0


def test_what_is_near_is_nearer_than_the_unchanged_tensor():
    assert (screen.least(0.5), screen.least(1e-7)) == (1e-6, pytest.approx(1e-9))
