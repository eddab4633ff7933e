"""What a program moves between its training calls: by calls that are kept, and by others.

A call that directly follows a kept one starts from what that one left, which is not read again.
"""

import numpy as np
import pytest

from tests.parity.capture import programs
from tests.parity.capture.test_programs import BOUND, START, batch, descended

HALVE = """
with tf.variable_scope("", reuse=True):
    w = tf.get_variable("w", [3, 1])
halve = tf.assign(w, 0.5 * w, name="halve")
"""
BUILT = programs.BUILT + HALVE
# Sessions of one server share its variables.
SERVED = programs.HEAD + """
server = tf.train.Server.create_local_server()
x, loss, train_op = build()
sess, other = tf.Session(server.target), tf.Session(server.target)
sess.run(tf.global_variables_initializer())
""" + HALVE
# A call of another process, which this one does not see.
UNSEEN = "other._extend_graph(); other._call_tf_sessionrun(None, {}, [], [halve.op._c_op], None)"
TRAINS = """
for step in range(6):
    sess.run([train_op, loss], {{x: batch(step)}})
    if step in (0, 2):
        {}
"""
# Updates are made before the check that fails.
FAILING = programs.HEAD + """
x, loss, train_op = build()
scale = tf.placeholder_with_default(1.0, [])
with tf.control_dependencies([train_op]):
    checked = tf.check_numerics(scale * tf.reduce_sum(x), "not finite")
sess = tf.Session()
sess.run(tf.global_variables_initializer())
for step in range(6):
    sess.run([train_op, checked], {x: batch(step)})
    if step in (0, 2):
        try:
            sess.run([train_op, checked], {x: batch(step), scale: np.inf})
        except tf.errors.InvalidArgumentError:
            pass
"""


@pytest.fixture(name="calls")
def fixture_calls(captured_text):
    """Function (text of a program) that returns the `Call`s of the four steps that are kept."""
    return lambda text: captured_text(text, 4)[0].calls


def halved(w, unused_step):
    """What the programs make of `w` between two steps."""
    return 0.5 * w


def assert_starts(calls, between):
    """Whether each training call starts where the steps before it and `between` lead."""
    w, step = START, 0
    for call in calls:
        if call.role == "train":
            if call.whole or call.moved:
                np.testing.assert_allclose(call.before()["w"], w, rtol=BOUND)
            w = descended(w, batch(step))
            if call.whole:
                np.testing.assert_allclose(call.after()["w"], w, rtol=BOUND)
            w, step = between(w, step) if step in (0, 2) else w, step + 1
    assert step == 4


@pytest.mark.parametrize("between", ["sess.run(halve)", "w.load(0.5 * sess.run(w), sess)"])
def test_assignments_between_training_calls_are_kept(calls, between):
    found = calls(BUILT + TRAINS.format(between))
    assert [call.role for call in found] == ["train", "write", "train", "train", "write", "train"]
    assert [call.moved for call in found] == [[]] * 6
    assert [list(call.digests()) for call in found] == [["w"]] * 6
    assert_starts(found, halved)


def test_a_call_that_only_reads_moves_nothing(calls):
    found = calls(BUILT + TRAINS.format("sess.run([w, loss], {x: batch(step)})"))
    assert [(call.role, call.moved) for call in found] == [("train", [])] * 4
    assert_starts(found, lambda w, step: w)


@pytest.mark.parametrize("text", [
    BUILT + TRAINS.format("sess.partial_run(sess.partial_run_setup([halve], []), halve)"),
    SERVED + TRAINS.format("other.run(halve)"), SERVED + TRAINS.format(UNSEEN)],
    ids=["a partial run", "another session", "another process"])
def test_what_other_calls_move_is_found_before_the_next(calls, text):
    found = calls(text)
    assert [(call.role, call.moved) for call in found] == [
        ("train", []), ("train", ["w"]), ("train", []), ("train", ["w"])]
    assert_starts(found, halved)


def test_what_a_failed_call_has_moved_is_found_before_the_next(calls):
    found = calls(FAILING)
    assert [(call.role, call.moved) for call in found] == [
        ("train", []), ("train", ["w"]), ("train", []), ("train", ["w"])]
    assert_starts(found, lambda w, step: descended(w, batch(step)))
