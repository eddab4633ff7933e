"""Two writes to one variable with no control path between them, found in small graphs."""

import pytest
import tensorflow.compat.v1 as tf

from parity.reference.races import find, unordered_writes


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def variable(name, shape=(2,), **kind):
    return tf.get_variable(name, shape, initializer=tf.zeros_initializer(), **kind)


@pytest.fixture(params=["resource", "reference"])
def v(request):
    return variable("v", use_resource=request.param == "resource")


def test_two_assignments_in_no_order_are_found_and_named(v):
    assert unordered_writes([tf.group(tf.assign(v, [1.0, 1.0]), tf.assign(v, [2.0, 2.0]))]) == ["v"]


def test_writes_are_found_across_what_is_fetched_together(v):
    fetches = [tf.assign(v, [1.0, 1.0]), tf.assign_add(v, [2.0, 2.0])]
    assert unordered_writes(fetches) == ["v"]
    assert unordered_writes(fetches[:1]) == []


def test_writes_that_nothing_fetches_do_not_count(v):
    tf.assign(v, [1.0, 1.0])
    assert unordered_writes([tf.assign(v, [2.0, 2.0]), v.read_value()]) == []


def test_control_dependency_orders(v):
    first = tf.assign(v, [1.0, 1.0])
    with tf.control_dependencies([first]):
        second = tf.assign(v, [2.0, 2.0])
    assert unordered_writes([first, second]) == []
    assert unordered_writes([tf.group(second, first)]) == []


def test_order_may_lead_through_other_operations(v):
    with tf.control_dependencies([tf.assign(v, [1.0, 1.0])]):
        other = tf.constant(3.0) * 2.0
    with tf.control_dependencies([tf.group(tf.sqrt(other))]):
        barrier = tf.no_op()
    with tf.control_dependencies([barrier]):
        second = tf.assign(v, [2.0, 2.0])
    assert unordered_writes([second]) == []


def test_order_may_lead_through_data(v):
    first = tf.assign(v, [1.0, 1.0])
    with tf.control_dependencies([first]):
        read = v.read_value()
    assert unordered_writes([tf.assign(v, read * 2.0), first]) == []


def test_order_may_lead_through_another_variables_write(v):
    other = variable("other")
    with tf.control_dependencies([tf.assign(v, [1.0, 1.0])]):
        between = tf.assign(other, [0.0, 0.0])
    with tf.control_dependencies([between]):
        second = tf.assign(v, [2.0, 2.0])
    assert unordered_writes([second]) == []


def test_common_predecessor_orders_nothing(v):
    with tf.control_dependencies([tf.assign(variable("other"), [0.0, 0.0])]):
        writes = [tf.assign(v, [1.0, 1.0]), tf.assign(v, [2.0, 2.0])]
    assert unordered_writes(writes) == ["v"]


def test_third_write_in_no_order_is_found(v):
    with tf.control_dependencies([tf.assign(v, [1.0, 1.0])]):
        second = tf.assign(v, [2.0, 2.0])
    assert unordered_writes([second]) == []
    assert unordered_writes([second, tf.assign_sub(v, [1.0, 1.0])]) == ["v"]


def test_writes_to_other_variables_are_no_race(v):
    assert unordered_writes([tf.assign(v, [1.0, 1.0]),
                             tf.assign(variable("other"), [1.0, 1.0])]) == []


def test_variables_are_named_in_order_and_once():
    a, b = variable("scope/b"), variable("scope/a")
    writes = [tf.assign(v, [value, value]) for v in (a, b) for value in (1.0, 2.0, 3.0)]
    assert unordered_writes(writes) == ["scope/a", "scope/b"]


def test_reads_do_not_count(v):
    fetches = [v.read_value(), v * 2.0, tf.gather(v, [0, 1]), tf.assign(v, [1.0, 1.0])]
    assert unordered_writes(fetches) == []


def test_scattered_values_are_no_writes():
    indices = tf.constant([[0], [1]])
    values = [tf.scatter_nd(indices, tf.constant([1.0, value]), [4]) for value in (1.0, 2.0)]
    assert [value.op.type for value in values] == ["ScatterNd"] * 2
    assert unordered_writes(values) == []


def test_scattered_writes_are_found(v):
    writes = [tf.scatter_update(v, [0], [1.0]), tf.scatter_add(v, [1], [1.0])]
    assert unordered_writes(writes) == ["v"]


def _optimizers():
    return {"sgd": tf.train.GradientDescentOptimizer(0.1), "adam": tf.train.AdamOptimizer(0.1),
            "momentum": tf.train.MomentumOptimizer(0.1, 0.9),
            "rmsprop": tf.train.RMSPropOptimizer(0.1), "adagrad": tf.train.AdagradOptimizer(0.1)}


@pytest.mark.parametrize("name", sorted(_optimizers()))
def test_optimizer_and_clipping_in_no_order_are_found(v, name):
    optimizer = _optimizers()[name]
    train = optimizer.apply_gradients([(tf.constant([1.0, 2.0]), v)])
    clip = tf.assign(v, tf.clip_by_value(v, -0.01, 0.01))
    assert unordered_writes([train]) == []
    assert unordered_writes([train, clip]) == ["v"]


@pytest.mark.parametrize("name", sorted(_optimizers()))
def test_clipping_after_the_optimizer_is_no_race(v, name):
    optimizer = _optimizers()[name]
    train = optimizer.apply_gradients([(tf.constant([1.0, 2.0]), v)])
    with tf.control_dependencies([train]):
        clip = tf.assign(v, tf.clip_by_value(v, -0.01, 0.01))
    assert unordered_writes([tf.group(clip)]) == []


def test_sparse_updates_are_writes(v):
    gradient = tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]), tf.constant([2]))
    train = tf.train.MomentumOptimizer(0.1, 0.9).apply_gradients([(gradient, v)])
    assert unordered_writes([train]) == []
    assert unordered_writes([train, tf.assign(v, [1.0, 1.0])]) == ["v"]


def test_two_optimizers_of_one_variable_are_found(v):
    updates = [tf.train.AdamOptimizer(0.1).apply_gradients([(tf.constant([1.0, 2.0]), v)])
               for _ in range(2)]
    assert unordered_writes(updates) == ["v"]


def test_slot_that_is_written_twice_is_found(v):
    optimizer = tf.train.AdamOptimizer(0.1)
    train = optimizer.apply_gradients([(tf.constant([1.0, 2.0]), v)])
    slot = optimizer.get_slot(v, "m")
    assert unordered_writes([train, tf.assign(slot, [0.0, 0.0])]) == [slot.op.name]


def test_loop_is_no_obstacle(v):
    count = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])
    with tf.control_dependencies([count]):
        first = tf.assign(v, [1.0, 1.0])
    assert unordered_writes([first, tf.assign(v, [2.0, 2.0])]) == ["v"]


@pytest.mark.parametrize("shaped", [
    lambda read: read, lambda read: tf.reshape(read, [1, 2]), tf.stop_gradient,
    lambda read: tf.squeeze(tf.expand_dims(read, 0))])
def test_what_uses_the_buffer_of_a_reference_variable_in_another_shape_reads_it(shaped):
    v = variable("v", use_resource=False)
    read = shaped(v.value())
    with tf.control_dependencies([read]):  # only what returns the buffer comes before the write
        write = tf.assign_add(v, [1.0, 1.0])
    race, = find([write, tf.sqrt(read, name="root")])
    assert (race.variable, race.other, race.writes_too) == ("v", "root", False)


def test_a_copy_of_a_reference_variable_is_read_when_it_is_made():
    v = variable("v", use_resource=False)
    copy = v.value() * 2.0
    with tf.control_dependencies([copy]):
        write = tf.assign_add(v, [1.0, 1.0])
    assert find([write, tf.sqrt(copy)]) == []
