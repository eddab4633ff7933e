"""Edits of graphs: what they compute afterwards."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity.reference import edits


def edited(edit):
    """What a small graph gives after an edit: 3 * x, and a pooled image."""
    with tf.Graph().as_default() as graph:
        tf.multiply(tf.constant(3.0, name="three"), tf.constant([1.0, 2.0]), name="product")
        image = tf.constant(np.arange(9.0, dtype=np.float32).reshape(1, 3, 3, 1), name="image")
        tf.nn.max_pool2d(image, 2, 1, "VALID", name="pool")
    with tf.Graph().as_default() as graph_after:
        tf.import_graph_def(edit(graph.as_graph_def()), name="")
        with tf.Session(graph=graph_after) as session:
            return session.run(["product:0", "pool:0"])


def test_a_constant_is_another():
    product, pool = edited(edits.constant("three", 0.5))
    assert product.tolist() == [0.5, 1.0]
    assert pool.ravel().tolist() == [4.0, 5.0, 7.0, 8.0]


def test_a_constant_is_one_unit_in_the_last_place_larger():
    product, _ = edited(edits.one_ulp_up("three"))
    assert product[0] == np.nextafter(np.float32(3), np.float32(4))


def test_what_float32_rounds_is_one_unit_in_the_last_place_larger_and_else_nothing():
    written = np.float32([0.5, 0.999, 3.0, 0.1])
    with tf.Graph().as_default() as graph:
        tf.constant(written, name="written")
        tf.constant([7], name="whole")
    found = {node.name: tf.make_ndarray(node.attr["value"].tensor) for node in
             edits.rounded_one_ulp_up(graph.as_graph_def()).node}
    up = np.nextafter(written, np.float32(np.inf))
    assert found["written"].tolist() == [0.5, up[1], 3.0, up[3]] and found["whole"].tolist() == [7]


def test_an_input_of_some_operations_is_one_unit_in_the_last_place_larger():
    with tf.Graph().as_default() as graph:
        rate = tf.constant(0.1, name="rate")
        tf.multiply(rate, 8.0, name="scaled")
        tf.identity(rate, name="plain")
    with tf.Graph().as_default() as after:
        tf.import_graph_def(edits.one_ulp_larger({"scaled": "rate:0"})(graph.as_graph_def()),
                            name="")
        with tf.Session(graph=after) as session:
            scaled, plain = session.run(["scaled:0", "plain:0"])
    assert plain == np.float32(0.1)
    assert scaled == 8 * np.float32(0.1) * (1 + np.finfo(np.float32).eps)


def test_an_attribute_is_another():
    _, pool = edited(edits.attribute("pool", "padding", b"SAME"))
    assert pool.shape == (1, 3, 3, 1)
    _, pool = edited(edits.attribute("pool", "strides", [1, 2, 2, 1]))
    assert pool.ravel().tolist() == [4.0]


@pytest.mark.parametrize("edit,error,said", [
    (edits.constant("four", 1.0), KeyError, "four: expected an operation"),
    (edits.constant("product", 1.0), ValueError, "product: expected a constant, received Mul"),
    (edits.attribute("pool", "epsilon", 0.1), KeyError, "received epsilon")])
def test_what_cannot_be_edited_is_said(edit, error, said):
    with pytest.raises(error, match=said):
        edited(edit)
