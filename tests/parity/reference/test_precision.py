"""Graphs in float64: the same functions, to float64's own rounding."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from parity.reference import float64_graph
from parity.reference import precision


def in_float64(build, read=precision.shortest):
    """What `build()`, a function of a new graph that returns a tensor, gives in float64."""
    with tf.Graph().as_default() as graph:
        name = build().name
    rewritten = float64_graph.to_float64(graph.as_graph_def(), read)
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(rewritten.graph_def, name="")
        with tf.Session() as session:
            session.run([op for op in graph.get_operations() if op.type == "AssignVariableOp"])
            return session.run(name), rewritten.islands


def test_constants_are_read_as_the_decimals_that_were_written():
    value, _ = in_float64(lambda: tf.constant([0.1, 1e-8, 0.999, -3.0]))
    assert value.dtype == np.float64
    assert value.tolist() == [0.1, 1e-8, 0.999, -3.0]


def test_constants_can_be_read_as_they_are_stored():
    value, _ = in_float64(lambda: tf.constant([0.1, 0.999]), precision.as_stored)
    assert value.tolist() == [float(np.float32(0.1)), float(np.float32(0.999))]


@pytest.mark.parametrize("read, signs", [(precision.raised, {1.0}), (precision.mixed, {1.0, -1.0})])
def test_what_float32_rounds_can_be_read_a_unit_in_its_last_place_off(read, signs):
    written = np.float32([0.1, 0.2, 0.3, 0.7, 0.999, 1e-8, 1e-3, 3e-4, 0.9, 0.02])
    value, _ = in_float64(lambda: tf.constant(written), read)
    units = (value - precision.shortest(written)) / np.spacing(written)
    np.testing.assert_allclose(np.abs(units), 1.0, rtol=1e-6)
    assert set(np.round(units)) == signs
    exact = np.float32([0.5, 3.0, 0.0, -np.inf])
    assert in_float64(lambda: tf.constant(exact), read)[0].tolist() == exact.tolist()


def test_of_large_constants_all_but_whole_numbers_are_a_unit_off():
    data = np.random.RandomState(0).rand(5000).astype(np.float32)
    data[:3] = 0, 1, -7
    value, _ = in_float64(lambda: tf.constant(data), precision.raised)
    units = (value - data.astype(np.float64)) / np.spacing(np.abs(data))
    assert units[:3].tolist() == [0, 0, 0] and (units[3:] == 1).all()


def test_large_constants_are_data_and_keep_their_bits():
    data = np.random.RandomState(0).rand(5000).astype(np.float32)
    value, _ = in_float64(lambda: tf.constant(data))
    assert (value == data.astype(np.float64)).all()


def test_arithmetic_is_done_in_float64():
    value, islands = in_float64(lambda: tf.reduce_sum(tf.sqrt(tf.range(1, 100, dtype=tf.float32))))
    assert value == pytest.approx(np.sqrt(np.arange(1.0, 100.0)).sum(), rel=1e-15)
    assert islands == []


def test_whole_numbers_stay_as_they_are():
    value, _ = in_float64(lambda: tf.argmax(tf.constant([0.1, 0.3, 0.2])))
    assert value == 1 and value.dtype == np.int64


def test_variables_hold_float64():
    def build():
        variable = tf.get_variable("v", initializer=tf.constant([0.1, 0.2]), use_resource=True)
        return variable.read_value() * 3.0
    value, _ = in_float64(build)
    assert value.tolist() == [0.1 * 3, 0.2 * 3]


def test_what_has_no_kernel_in_float64_stays_between_casts():
    images = np.random.RandomState(0).rand(1, 2, 2, 8).astype(np.float32)
    value, islands = in_float64(
        lambda: tf.nn.local_response_normalization(tf.constant(images), name="lrn") * 2.0)
    assert islands == ["lrn"]
    assert value.dtype == np.float64
    with tf.Graph().as_default(), tf.Session() as session:
        expected = session.run(tf.nn.local_response_normalization(images))
    np.testing.assert_allclose(value, 2.0 * expected, rtol=1e-6)


def test_seeded_draws_are_the_numbers_of_float32():
    def build():
        return tf.random.stateless_uniform([4], [1, 2])
    value, islands = in_float64(build)
    with tf.Graph().as_default(), tf.Session() as session:
        assert value.tolist() == session.run(build()).astype(np.float64).tolist()
    assert len(islands) == 1


def test_loops_carry_float64():
    def build():
        return tf.while_loop(lambda i, x: i < 40, lambda i, x: (i + 1, x * 1.1),
                             [tf.constant(0), tf.constant(0.1)])[1]
    value, _ = in_float64(build)
    assert value == pytest.approx(0.1 * 1.1 ** 40, rel=1e-14)


@pytest.mark.parametrize("control_flow_v2", [False, True])
def test_arrays_of_tensors_pass_through_loops(control_flow_v2):
    def build():
        array = tf.TensorArray(tf.float32, size=5)
        array = tf.while_loop(lambda i, a: i < 5, lambda i, a: (
            i + 1, a.write(i, tf.cast(i, tf.float32) * 0.1)), [tf.constant(0), array])[1]
        return array.stack()
    was = tf.control_flow_v2_enabled()
    (tf.enable_control_flow_v2 if control_flow_v2 else tf.disable_control_flow_v2)()
    try:
        value, _ = in_float64(build)
    finally:
        (tf.enable_control_flow_v2 if was else tf.disable_control_flow_v2)()
    assert value.tolist() == [i * 0.1 for i in range(5)]


def test_gradients_are_those_of_the_same_function():
    def build():
        x = tf.constant([[0.3, -0.2]])
        w = tf.constant([[0.1, 0.7], [0.5, -0.4]])
        return tf.gradients(tf.reduce_sum(tf.tanh(tf.matmul(x, w))), w)[0]
    value, _ = in_float64(build)
    x, w = np.array([[0.3, -0.2]]), np.array([[0.1, 0.7], [0.5, -0.4]])
    np.testing.assert_allclose(value, x.T @ (1 - np.tanh(x @ w) ** 2), rtol=1e-14)


@pytest.mark.parametrize("read", [precision.shortest, precision.as_stored])
def test_slope_of_leaky_relu_is_the_kernels_attribute_as_it_is_in_keras(read):
    slope = float(np.float32(0.2))

    def build():
        x = tf.constant([-2.0, 0.0, 3.0])
        y = tf.nn.leaky_relu(x, 0.2)
        return tf.stack([y, tf.gradients(tf.reduce_sum(y * x), x)[0] - y])
    value, _ = in_float64(build, read)
    assert value[0].tolist() == [-2.0 * slope, 0.0, 3.0]
    assert value[1].tolist() == [-2.0 * slope, 0.0, 3.0]
