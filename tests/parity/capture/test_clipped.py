"""A program that clips weights, and slots with them, in calls of their own which fetch them all."""

import numpy as np
import pytest

from parity import capture as capturing
from parity.reference import replay
from parity.reference import steps
from parity.reference.keras_frame import skeleton
from parity.reference.reading import assignments
from parity.reference.reading import phases
from parity.reference.showing import show
from tests.parity.capture import programs

CLIPPED = programs.HEAD + """
x = tf.placeholder(tf.float32, [None, 3], name="x")
w = tf.get_variable("w", [3, 1], initializer=tf.constant_initializer(0.4))
v = tf.get_variable("v", [3, 1], initializer=tf.constant_initializer(1.0))
loss = tf.reduce_mean(tf.square(tf.matmul(x, w * v) - 1.0))
one = tf.train.RMSPropOptimizer(0.1).minimize(loss, var_list=[w])
other = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=[v])
clips = [tf.assign(each, tf.clip_by_value(each, -0.45, 0.45), name="clip")
         for each in tf.global_variables() if each.op.name.startswith("w")]
sess = tf.Session()
sess.run(tf.global_variables_initializer())
for step in range(9):
    for number in range(3):
        sess.run([one, loss], {x: batch(7 * step + number)})
        sess.run(clips)
    sess.run([other, loss, v], {x: batch(7 * step + 5)})
"""
# One that also halves a clipped slot, in a call of its own.
HALVED = CLIPPED.replace("sess = tf.Session()", """
slot = [each for each in tf.global_variables() if each.op.name == "w/RMSProp"][0]
halved = tf.assign(slot, 0.5 * slot)
sess = tf.Session()""").replace("sess.run(clips)", "sess.run(clips); sess.run(halved.op)")
# A smaller bound of the bytes of inputs and fetched values.
BOUNDED = """
import sys
frame = sys._getframe()
while "_INPUTS_BYTES" not in frame.f_globals:
    frame = frame.f_back
frame.f_globals["_INPUTS_BYTES"] = SIZE
""" + CLIPPED
SLOTS = ["w/RMSProp", "w/RMSProp_1"]


def test_fetched_variables_are_not_kept_and_replayed_all_the_same(captured_text):
    captured, _ = captured_text(CLIPPED, 2)
    trained, clipping = captured.calls[:2]
    assert (trained.role, clipping.role) == ("train", "write")
    assert clipping.fetches == [] and sorted(clipping.behind) == ["clip", "clip_1", "clip_2"]
    assert [list(call.fetched()) for call in captured.calls if call.role == "train"] == [
        ["Mean:0"]] * 8
    again = replay.Replay(captured)
    again.load(trained.before())
    for call in captured.calls:
        again.run(call)
        state = again.state()
        for name, digest in call.digests().items():
            assert capturing.digest(state[name]) == digest, name
        if call.role == "write":
            assert max(np.abs(state[name]).max() for name in ["w"] + SLOTS) <= np.float32(0.45)
    again.close()


def test_clips_of_slots_are_told_from_those_of_weights(captured_text):
    captured, _ = captured_text(CLIPPED, 2)
    assert [(other.variable, other.kind, other.numbers) for other in assignments.others(captured)
            ] == [("w", "clip", (-0.45, 0.45)), (SLOTS[0], "slot clip", (-0.45, 0.45)),
                  (SLOTS[1], "slot clip", (-0.45, 0.45))]
    text = show.text(captured)
    assert "weights clipped to [-0.45, 0.45]: w\n" in text
    assert "slots of optimisers clipped to [-0.45, 0.45]: w/RMSProp, w/RMSProp_1\n" in text


def test_what_is_clipped_in_one_call_may_be_written_in_another(captured_text):
    captured, _ = captured_text(HALVED, 2)
    text = show.text(captured)
    assert "    2. call: clips w, w/RMSProp, w/RMSProp_1\n    3. call: writes w/RMSProp\n" in text


def test_calls_that_come_round_within_a_step_are_said_once(captured_text):
    captured, _ = captured_text(CLIPPED, 2)
    (times, (update, clip)), (last, (other,)) = phases.folded(phases.read(captured))
    assert (times, last) == (3, 1)
    assert (update.role, clip.role, other.role) == ("train", "write", "train")
    assert (update.clips, update.writes) == ((), ())
    assert (clip.clips, clip.writes) == (("w", *SLOTS), ())
    assert show.text(captured).partition("A step\n")[2].startswith(
        "  3 times:\n"
        "    1. call: RMSProp updates w\n"
        "         takes x\n"
        "    2. call: clips w, w/RMSProp, w/RMSProp_1\n"
        "  3. call: GradientDescent updates v\n"
        "       takes x\n")
    source = skeleton.text(captured)
    assert ('        # batch["x"] is what the first call is fed; another value, fed to a later '
            'call, is\n        # batch["1/x"]\n'
            "        # 3 times:\n"
            "        # 1. call:\n") in source
    assert ("        # 2. call:\n"
            "        #   weights are clipped to [-0.45, 0.45]: 1 of them\n"
            "        #   slots of optimizers are clipped to [-0.45, 0.45]: 2 of them\n"
            "        # 3. call:\n") in source


def test_inputs_are_kept_of_whole_steps(captured_text):
    whole, said = captured_text(CLIPPED, 2)
    assert (len(steps.grouped(whole)), steps.without_inputs(whole)) == (2, 0)
    assert not [line for line in said if "inputs" in line]


@pytest.mark.parametrize("size, kept", [(1500, 1), (200, 0)])
def test_steps_end_where_inputs_are_no_longer_kept(captured_text, size, kept):
    captured, said = captured_text(BOUNDED.replace("SIZE", str(size)), 2)
    assert steps.without_inputs(captured) == 2 - kept
    assert ("inputs were kept of the first {} of 2 steps: later ones cannot be replayed".format(
        kept)) in said
    if kept:
        assert len(steps.grouped(captured)) == 1
        assert "\n  inputs were kept of the first 1 steps\n" in show.text(captured)
    else:
        with pytest.raises(capturing.Failure, match="expected the inputs of a whole step, "
                                                    "received a capture that stopped keeping"):
            steps.grouped(captured)
