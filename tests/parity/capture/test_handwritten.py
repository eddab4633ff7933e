"""A hand-written optimiser, and first values that are computed from a batch before it trains."""

import numpy as np
import pytest

from parity.reference import replay
from parity.reference.reading import updates
from tests.parity.capture import programs
from tests.parity.capture.test_programs import batch

# An optimiser as PixelCNN++ writes it: a slot, written first, and epsilon inside of the root.
WRITTEN = programs.HEAD + """
x = tf.placeholder(tf.float32, [None, 3], name="x")
w = tf.get_variable("w", [3, 1], initializer=tf.constant_initializer([[1.0], [2.0], [3.0]]))
b = tf.get_variable("b", [1], initializer=tf.constant_initializer(0.5))
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - 1.0))
scaled = tf.group(tf.assign(w, w / tf.reduce_max(tf.abs(x))), tf.assign_add(b, x[0, :1]))
moved = []
for variable, gradient in zip([w, b], tf.gradients(loss, [w, b])):
    slot = tf.Variable(tf.zeros(variable.shape), trainable=False)
    with tf.control_dependencies([tf.assign(slot, 0.75 * slot + 0.25 * tf.square(gradient))]):
        moved.append(tf.assign(variable, variable - 0.125 * GRADIENT
                               / tf.sqrt(tf.identity(slot.VALUE) + 0.0625)))
sess = tf.Session()
sess.run(tf.global_variables_initializer())
sess.run(scaled, {x: batch(100)})
for step in range(9):
    sess.run([tf.group(*moved), loss], {x: batch(step)})
"""
FORMS = {  # the update depends on the gradient itself, or on a slot alone
    "gradient": WRITTEN.replace("GRADIENT", "gradient").replace("slot.VALUE", "slot"),
    "slot": WRITTEN.replace("GRADIENT", "1.0").replace("slot.VALUE", "slot")}


@pytest.fixture(name="captured", params=sorted(FORMS))
def fixture_captured(request, captured_text):
    """`Captured` of three steps of a form."""
    return captured_text(FORMS[request.param], 3)[0]


def test_first_values_from_a_batch_are_no_training(captured):
    assert [call.role for call in captured.calls] == ["train"] * 3
    assert (captured.header["steps"], captured.header["calls_a_step"]) == (3, 1)
    before = captured.calls[0].before()
    np.testing.assert_array_equal(
        before["w"][:, 0], np.float32([1, 2, 3]) / np.abs(batch(100)).max())
    np.testing.assert_array_equal(before["b"], np.float32(0.5) + batch(100)[0, :1])
    again = replay.Replay(captured)
    again.load(before)
    again.run(captured.calls[0])
    for name, value in captured.calls[0].after().items():
        np.testing.assert_allclose(again.state()[name], value, rtol=1e-5)
    again.close()


def test_the_updates_of_all_variables_are_of_one_optimiser(captured):
    found, = updates.optimizers(captured)
    assert (found.kind, found.variables) == ("hand-written", ["w", "b"])
    assert {0.125, 0.0625} <= set(found.constants.values())


# Gradients are fetched, and fed again to what writes the variable.
FED = programs.HEAD + """
x = tf.placeholder(tf.float32, [None, 3], name="x")
w = tf.get_variable("w", [3, 1], initializer=tf.constant_initializer(0.5))
gradient, = tf.gradients(tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0)), [w])
given = tf.placeholder(tf.float32, [3, 1], name="given")
step = tf.assign(w, w - 0.1 * given)
sess = tf.Session()
sess.run(tf.global_variables_initializer())
for number in range(9):
    sess.run(step.op, {given: sess.run(gradient, {x: batch(number)})})
"""


def test_what_is_moved_by_fed_gradients_trains(captured_text):
    captured, _ = captured_text(FED, 3)
    assert [(call.role, call.feeds) for call in captured.calls] == [("train", ["given:0"])] * 3
