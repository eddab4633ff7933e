"""Operations inside loops and branches of imported graphs."""

import pytest
import tensorflow.compat.v1 as tf

from parity.reference import loops


@pytest.fixture
def control_flow_v1():
    was = tf.control_flow_v2_enabled()
    tf.disable_control_flow_v2()
    yield
    if was:
        tf.enable_control_flow_v2()


def inside(build):
    with tf.Graph().as_default() as graph:
        build()
    with tf.Graph().as_default() as imported:
        tf.import_graph_def(graph.as_graph_def(), name="")
    return loops.inside(imported)


def test_bodies_of_loops_are_inside_and_what_comes_after_is_not(control_flow_v1):
    def build():
        x = tf.while_loop(lambda i: i < 3, lambda i: tf.add(i, 1, name="body"), [tf.constant(0)])
        tf.identity(x, name="after")
    found = inside(build)
    assert any(name.endswith("body") for name in found)
    assert "after" not in found and not any(name.endswith("Exit") for name in found)


def test_branches_are_inside_and_what_they_are_given_is_not(control_flow_v1):
    def build():
        x = tf.placeholder(tf.float32, [], name="x")
        y = tf.cond(x > 0, lambda: tf.exp(x, name="yes"), lambda: tf.tanh(x, name="no"))
        tf.identity(y, name="after")
    found = inside(build)
    assert {"cond/yes", "cond/no"} <= found
    assert not found & {"x", "after", "cond/Merge"}


def test_a_graph_without_loops_has_nothing_inside():
    assert inside(lambda: tf.exp(tf.constant(1.0))) == set()
