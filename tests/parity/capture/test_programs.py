"""What is captured of programs, functions, graphs and models, on today's TensorFlow."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from parity.reference.captured import Captured
from tests.parity.capture import programs

START = np.array([[1.0], [2.0], [3.0]])
STEPS = 3
# Float32 against the formula in float64.
BOUND = 1e-5


def batch(step):
    """What the programs feed at a step."""
    return np.random.RandomState(step).standard_normal((4 + step % 2, 3)).astype(np.float32)


def descended(w, x, rate=0.1):
    """Weights [3, 1] after a step of gradient descent on a mean of squares."""
    x, w = np.asarray(x, np.float64), np.asarray(w, np.float64)
    return w - rate * 2.0 / len(x) * x.T.dot(x.dot(w) - 1.0)


def captured(ended, folder, out="captured"):
    """The capture that a command wrote, with nothing beside it."""
    assert ended.status == 0, ended.err
    assert [name for name in os.listdir(str(folder)) if name.startswith(out)] == [out]
    return Captured(os.path.join(str(folder), out))


def assert_descends(capture, start=START, rate=0.1, batches=None):
    """Whether each call goes down its gradient from where the one before ended; inputs given."""
    expected, fed = start, []
    for number, call in enumerate(capture.calls):
        x, = (call.drawn() or call.fed()).values()
        fed.append(x)
        expected = descended(expected, x, rate)
        if call.whole:
            np.testing.assert_allclose(call.after()["w"], expected, rtol=BOUND)
        if batches is not None:
            np.testing.assert_array_equal(x, batches(number))
    np.testing.assert_allclose(capture.calls[0].before()["w"], start)
    assert capture.calls[-1].whole
    return fed


def run_program(capture, folder, name, *arguments):
    (folder / "program.py").write_text(programs.GOOD[name])
    return capture("--steps={}".format(STEPS), "--", "program.py", *arguments, cwd=folder)


@pytest.mark.parametrize("name", ["script", "goes elsewhere", "fails at its end", "on a GPU",
                                  "forks", "threads", "swallows",
                                  # It is waited for as long as "swallows".
                                  pytest.param("trains in a thread", marks=pytest.mark.slow)])
def test_a_program_is_captured_and_ended(name, capture, folder):
    ended = run_program(capture, folder, name)
    found = captured(ended, folder)
    assert (found.header["steps"], found.header["calls_a_step"]) == (STEPS, 1)
    assert [call.role for call in found.calls] == ["train"] * STEPS
    assert [call.fed()["x:0"].shape for call in found.calls] == [(4, 3), (5, 3), (4, 3)]
    assert_descends(found, batches=batch)
    assert ended.seconds < 10 and ended.left() == []
    assert ended.said == ["wrote captured: 3 steps of 1 training calls, {} operations, 0.0 MB"
                          .format(len(found.graph_def().node))]


def test_the_output_of_a_program_stays_as_it_is(capture, folder):
    assert run_program(capture, folder, "script").out == "step 0\nstep 1\nstep 2\n"
    shutil.rmtree(str(folder / "captured"))
    assert run_program(capture, folder, "forks").out == "child 7\n"


def test_lines_are_found_after_a_program_went_elsewhere(capture, folder):
    found = captured(run_program(capture, folder, "goes elsewhere"), folder)
    name, = found.calls[0].applies
    lines = [(line.path, line.function, line.text) for line in found.source(name)]
    assert lines[0] == ("program.py", "build", "return x, loss, tf.train."
                        "GradientDescentOptimizer(0.1).minimize(loss)")
    assert lines[1][:2] == ("program.py", "<module>")


def test_a_program_has_its_arguments_and_its_flags(capture, folder):
    found = captured(run_program(capture, folder, "main", "--count=9", "left"), folder)
    assert found.header["program"] == ["program.py", "--count=9", "left"]
    assert_descends(found, batches=batch)


def test_a_program_with_fewer_steps_is_captured_as_far_as_it_goes(capture, folder):
    ended = run_program(capture, folder, "few steps")
    found = captured(ended, folder)
    assert (found.header["steps"], len(found.calls)) == (2, 2)
    assert_descends(found, batches=batch)
    assert ended.said[1:] == ["2 of the 3 steps that were asked for"]


def test_a_queue_that_the_program_fills_becomes_an_input(capture, folder):
    """A training call waits for what another thread enqueues meanwhile."""
    ended = run_program(capture, folder, "queue")
    found = captured(ended, folder)
    assert [sorted(call.drawn()) for call in found.calls] == [["fifo_queue_DequeueMany:0"]] * 3
    assert_descends(found, batches=lambda number: batch(2 * number))
    assert ended.seconds < 10 and ended.left() == []


def test_processes_of_a_program_end_with_it(capture, folder):
    ended = run_program(capture, folder, "processes")
    fed = assert_descends(captured(ended, folder))
    sums = sorted(float(x.sum()) for x in fed)
    assert sums == sorted(float(batch(step).sum()) for step in range(3))
    assert ended.seconds < 10 and ended.left() == []


def test_a_module_is_captured(capture, folder):
    (folder / "package").mkdir()
    (folder / "package" / "train.py").write_text(programs.GOOD["script"])
    found = captured(capture("--steps=3", "--", "-m", "package.train", cwd=folder), folder)
    assert_descends(found, batches=batch)


def build(capture, folder, name, *arguments, steps=STEPS):
    ended = capture("--steps={}".format(steps), *arguments + ("--", "builders.py:" + name),
                    cwd=folder)
    assert len(ended.err.splitlines()) == len(ended.said)
    return captured(ended, folder)


def test_inputs_are_drawn_within_the_bounds_of_the_graph(capture, folder):
    found = build(capture, folder, "nothing")
    drawn = [call.fed() for call in found.calls]
    assert [sorted(each) for each in drawn] == [["ids:0", "labels:0", "mask:0", "soft:0"]] * 3
    ids = np.stack([each["ids:0"] for each in drawn])
    labels = np.stack([each["labels:0"] for each in drawn])
    assert (ids.shape, ids.min(), ids.max()) == ((3, 8, 4), 0, 10)
    assert (labels.shape, labels.min(), labels.max()) == ((3, 8), 0, 2)
    for each in drawn:
        assert each["mask:0"].shape == (8,) and each["mask:0"].dtype == bool
        np.testing.assert_array_equal(np.sort(each["soft:0"]), [[0.0, 0.0, 1.0]] * 8)
    assert not np.array_equal(ids[0], ids[1])


def test_a_batch_has_as_many_rows_as_what_the_graph_draws_for_it(capture, folder):
    found = build(capture, folder, "rows_of_noise")
    assert [call.fed()["real:0"].shape for call in found.calls] == [(6, 3)] * 3


def test_no_states_are_kept_of_the_call_that_tells_that_one_step_is_over(capture, folder):
    found = build(capture, folder, "rows_of_noise", steps=1)
    assert found.header["steps"] == 1
    assert [call.whole for call in found.calls] == [True, False]
    assert found.calls[1].digests()  # it is known all the same what it changed


def test_what_trains_is_read_off_the_graph(capture, folder):
    found = build(capture, folder, "nothing")
    assert found.header["calls_a_step"] == 1
    for call in found.calls:
        assert {"table/ExponentialMovingAverage", "table", "v", "global_step"} < set(call.writes)
        assert call.applies == ["Adam/update_v/ApplyAdam"]  # the table is scattered to
    assert [int(call.after()["global_step"]) for call in found.calls] == [1, 2, 3]


def test_inputs_losses_and_updates_have_the_names_that_a_function_gives(capture, folder):
    points = np.random.RandomState(0).standard_normal((3, 5, 3)).astype(np.float32)
    np.savez(str(folder / "points.npz"), points=points)
    found = build(capture, folder, "named", "--batches=points.npz")
    assert (found.header["steps"], found.header["calls_a_step"]) == (3, 2)
    w, b = START, np.zeros(3)
    for number, call in enumerate(found.calls):
        x, = call.fed().values()
        np.testing.assert_array_equal(x, points[number // 2])
        loss, = call.fetched().values()  # each update's own is fetched with it
        if number % 2:
            np.testing.assert_allclose(loss, np.sum((b + x) ** 2), rtol=BOUND)
            b = b - 0.01 * 2.0 * np.sum(b + x, 0)
        else:
            np.testing.assert_allclose(loss, np.mean((x.dot(w) - 1.0) ** 2), rtol=BOUND)
            w = descended(w, x)
        assert (len(call.applies), call.writes) == (1, ["w" if number % 2 == 0 else "b"])


def test_a_function_feeds_what_it_leaves_open(capture, folder):
    found = build(capture, folder, "feeds")
    w = np.full([3, 1], 0.5)
    np.testing.assert_array_equal(found.calls[0].before()["w"], w)
    for step, call in enumerate(found.calls):
        fed = call.fed()
        np.testing.assert_array_equal(fed["x:0"], np.full([2 + step, 3], step + 1))
        assert fed["is_training:0"].item() is True and fed["scale:0"].item() == 1.0
        np.testing.assert_allclose(fed["rate:0"], 0.1 / (step + 1), rtol=1e-7)
        w = descended(w, fed["x:0"], 0.1 / (step + 1))
        np.testing.assert_allclose(call.after()["w"], w, rtol=BOUND)


def test_sparse_inputs_and_words_of_changing_number_come_from_a_function(capture, folder):
    found = build(capture, folder, "sparse", "--batches=builders.py:sparse_batch")
    for step, call in enumerate(found.calls):
        fed = call.fed()
        assert fed["words:0"].tolist() == [b"word%d" % number for number in range(step + 1)]
        np.testing.assert_array_equal(fed["adjacency/values:0"], np.ones(step + 1))
        np.testing.assert_array_equal(fed["adjacency/indices:0"],
                                      [[i // 3, i % 3] for i in range(step + 1)])


def test_a_file_holds_sparse_inputs_and_words_by_parts(capture, folder):
    np.savez(str(folder / "parts.npz"), text=[["one", "two"], ["three", "four"]], **{
        "graph/values": np.ones([2, 1], np.float32),
        "graph/indices": np.array([[[0, 0]], [[1, 2]]])})
    found = build(capture, folder, "sparse", "--batches=parts.npz")
    fed = [call.fed() for call in found.calls]
    assert [each["words:0"].tolist() for each in fed] == [
        [b"one", b"two"], [b"three", b"four"], [b"one", b"two"]]
    assert [each["adjacency/indices:0"].tolist() for each in fed] == [[[0, 0]], [[1, 2]], [[0, 0]]]


@pytest.mark.parametrize("name", ["own_graph", "trains"])
def test_a_function_with_a_graph_or_a_session_of_its_own(name, capture, folder):
    found = build(capture, folder, name)
    assert (found.header["steps"], found.header["calls_a_step"]) == (3, 1)
    assert_descends(found)


def test_iterators_and_queues_are_started_and_data_may_end(capture, folder):
    ended = capture("--steps=6", "--", "builders.py:iterated", cwd=folder)
    found = captured(ended, folder)
    assert (found.header["steps"], len(found.calls)) == (4, 4)
    assert [call.feeds for call in found.calls] == [[]] * 4
    assert sorted(found.calls[0].drawn()) == ["IteratorGetNext:0", "batch:0"]
    assert ended.said[1:] == ["4 of the 6 steps that were asked for"]


@pytest.mark.parametrize("arguments,rate", [((), 0.5), (("--rate=0.25",), 0.25)])
def test_a_function_has_its_flags(arguments, rate, capture, folder):
    ended = capture("--steps=3", "--", "builders.py:flags", *arguments, cwd=folder)
    assert_descends(captured(ended, folder), rate=rate)


def test_a_function_of_a_module(capture, folder):
    ended = capture("--steps=3", "--", "builders:own_graph", cwd=folder)
    assert_descends(captured(ended, folder))


def test_a_model_fn_is_trained_on_what_its_input_fn_gives(capture, folder):
    found = build(capture, folder, "model_fn", "--input_fn=builders.py:input_fn",
                  '--params={"rate": 0.1}')
    w, momentum = START, 0.0
    for call in found.calls:
        drawn = sorted(call.drawn().values(), key=np.size)
        np.testing.assert_array_equal(drawn[1], np.ones([2, 3]))
        momentum = 0.9 * momentum + (w - descended(w, drawn[1], 1.0))
        w = w - 0.1 * momentum
        np.testing.assert_allclose(call.after()["w"], w, rtol=BOUND)


@pytest.fixture(scope="module", name="exported")
def fixture_exported(tmp_path_factory):
    """A folder with graphs and SavedModels."""
    path = tmp_path_factory.mktemp("exported")
    # In a process of its own: builders.py makes TensorFlow behave as TensorFlow 1 for good.
    subprocess.run([sys.executable, "-c", "import sys, builders; builders.export(sys.argv[1])",
                    str(path)], cwd=os.path.dirname(os.path.abspath(__file__)), check=True)
    return path


@pytest.mark.parametrize("name,start", [
    ("alone.meta", START), ("model.ckpt-7.meta", [[4.0], [5.0], [6.0]]),
    ("trained", [[4.0], [5.0], [6.0]]), ("served", [[4.0], [5.0], [6.0]])])
def test_graphs_and_saved_models_are_trained_from_their_checkpoints(
        name, start, capture, exported, tmp_path):
    ended = capture("--steps=3", "--out={}/captured".format(tmp_path), "--", name, cwd=exported)
    found = captured(ended, tmp_path)
    assert len(ended.err.splitlines()) == 1
    fed = assert_descends(found, start=start)
    assert [x.shape for x in fed] == [(8, 3)] * 3


def test_a_graph_is_fed_a_file(capture, exported, tmp_path):
    x = np.random.RandomState(0).standard_normal((2, 4, 3)).astype(np.float32)
    np.savez(str(tmp_path / "x.npz"), x=x)
    found = captured(capture(
        "--steps=3", "--out={}/captured".format(tmp_path), "--batches={}/x.npz".format(tmp_path),
        "--", "alone.meta", cwd=exported), tmp_path)
    assert_descends(found, batches=lambda number: x[number % 2])
