"""The examples captured on TensorFlow 1.15.5 and replayed there; the one file by itself."""

import os
import shutil
import subprocess
import sys
import typing

import numpy as np
import pytest

from parity import capture as command
from parity.reference import noise
from parity.reference.captured import Captured
from parity.reference.replay import Replay
from tests.captures import Captures

BUILDERS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                        "parity", "capture", "builders.py")
START = [[1.0], [2.0], [3.0]]  # of the variable that its functions build
STEPS = 4
# |replayed - captured| / |captured change| of a variable: another order of additions. A moment that
# happens to change by a few thousandths of itself is further off by its last place alone, and Adam
# divides rounding by rounding where a gradient is near zero: the noise floor tells how far, of
# which three draws may have found an eighth.
BOUND, MEDIAN, CHANCE = 1e-5, 1e-6, 8


class Example(typing.NamedTuple):
    """What is found in a program of `examples`."""

    calls_a_step: int
    applies: typing.Tuple[str, ...]  # kinds of apply operations, of a step's training calls
    trainable: int
    inputs: typing.Tuple[str, ...]  # of the first training call, fed or drawn


EXAMPLES = {
    "classifier": Example(1, ("ApplyRMSProp",) * 6, 6, (
        "digits/dropout/dropout_1/random_uniform/RandomUniform:0", "images:0", "labels:0")),
    "estimator": Example(1, ("ApplyAdagrad",) * 6, 6, ("IteratorGetNext:0", "IteratorGetNext:1")),
    "gan": Example(2, ("ApplyAdam",) * 8, 8, ("Placeholder:0", "random_uniform/RandomUniform:0")),
    "language_model": Example(1, ("ApplyGradientDescent",) * 4, 5, (
        "inputs:0", "model/BasicLSTMCellZeroState/zeros:0",
        "model/BasicLSTMCellZeroState/zeros_1:0", "targets:0")),
}


@pytest.fixture(name="capture", scope="module")
def fixture_capture(repository, tmp_path_factory):
    with Captures(repository, tmp_path_factory.mktemp("captures")) as started:
        yield started


def program(repository, name):
    return os.path.join(repository, "examples", name, "train.py")


@pytest.fixture(name="captured", scope="module", params=sorted(EXAMPLES))
def fixture_captured(request, repository, capture, tmp_path_factory):
    """(name, `Captured`) of an example."""
    folder = tmp_path_factory.mktemp(request.param)
    ended = capture("--steps={}".format(STEPS), "--", program(repository, request.param),
                    "--train_steps=50", cwd=folder)
    assert ended.status == 0, ended.err
    assert os.listdir(str(folder)) == ["captured"]
    return request.param, Captured(str(folder / "captured"))


def test_steps_and_phases_of_the_examples(captured):
    name, found = captured
    example = EXAMPLES[name]
    training = [call for call in found.calls if call.role == "train"]
    assert len(training) == len(found.calls)
    assert found.header["versions"]["tensorflow"] == "1.15.5"
    assert (found.header["steps"], found.header["calls_a_step"]) == (STEPS, example.calls_a_step)
    assert len(training) == STEPS * example.calls_a_step
    types = {node.name: node.op for node in found.graph_def().node}
    phases = training[:example.calls_a_step]
    assert tuple(types[apply] for call in phases for apply in call.applies) == example.applies
    assert len(found.trainable) == example.trainable
    first = training[0]
    assert tuple(sorted(set(first.fed()) | set(first.drawn()))) == example.inputs
    assert [call.applies for call in training] == [call.applies for call in phases] * STEPS


def test_a_replay_gives_the_variables_of_the_capture(captured):
    _, found = captured
    replay = Replay(found, "float32")
    updates = list(replay.updates())
    floors = noise.floors(replay, updates)
    replay.close()
    errors = []
    for number, call, before, state, _ in updates:
        after = call.after()
        for name in call.digests():
            error = command.relative_change(state[name], after[name], before[name])
            errors.append((error, name))
            assert error <= max(BOUND, CHANCE * floors.get((number, name), 0.0)), (number, name)
        for name in set(state) & set(after) - set(call.digests()):
            np.testing.assert_array_equal(state[name], after[name])
    assert {name for _, name in errors} >= set(found.trainable)
    assert sorted(errors)[len(errors) // 2][0] <= MEDIAN


def run_language_model(capture, repository, folder, script=""):
    """The capture of the one example whose data and weights are the same in each run."""
    ended = capture("--steps={}".format(STEPS), "--", program(repository, "language_model"),
                    "--train_steps=50", cwd=folder, script=script)
    assert ended.status == 0, ended.err
    return Captured(str(folder / "captured"))


def test_the_one_file_alone_captures_what_the_package_captures(capture, repository, tmp_path):
    """Copied to a folder without the package, it writes the same operations and calls."""
    (tmp_path / "whole").mkdir()
    whole = run_language_model(capture, repository, tmp_path / "whole")
    shutil.copy(command.__file__, str(tmp_path))
    alone = run_language_model(capture, repository, tmp_path, tmp_path / "capture.py")
    # A constant in it is no number, and so unlike itself.
    assert str(alone.graph_def()) == str(whole.graph_def())
    assert len(alone.calls) == len(whole.calls) == STEPS
    for call, other in zip(alone.calls, whole.calls):
        assert (call.role, call.targets, call.feeds) == (other.role, other.targets, other.feeds)
        for name, value in call.fed().items():
            np.testing.assert_array_equal(value, other.fed()[name])
        for name, value in call.after().items():
            np.testing.assert_allclose(value, other.after()[name], rtol=1e-5)


@pytest.mark.parametrize("flag", ["--show", "--replay"])
def test_the_one_file_alone_cannot_read_a_capture(flag, capture, tmp_path):
    shutil.copy(command.__file__, str(tmp_path))
    ended = capture(flag, "captured", cwd=tmp_path, script=tmp_path / "capture.py")
    assert (ended.status, ended.out) == (64, "")
    assert ended.err == (
        "capture: {}: expected the whole package parity, received this file alone; copy the "
        "captured folder to where the package is\n".format(flag))


@pytest.fixture(name="exported", scope="module")
def fixture_exported(tmp_path_factory):
    """A folder with builders.py, graphs and SavedModels, made by a process of their own.

    An import of builders.py switches TensorFlow 2 off for whatever runs after it.
    """
    path = tmp_path_factory.mktemp("exported")
    shutil.copy(BUILDERS, str(path))
    subprocess.run([sys.executable, "-c", "import builders; builders.export('.')"],
                   cwd=str(path), check=True)
    return path


@pytest.mark.parametrize("name,arguments,start", [
    ("builders.py:own_graph", (), START),
    ("builders.py:feeds", (), [[0.5], [0.5], [0.5]]),
    ("builders.py:sparse", ("--batches=builders.py:sparse_batch",), START),
    ("builders.py:model_fn", ("--input_fn=builders.py:input_fn", '--params={"rate": 0.1}'),
     START),
    ("alone.meta", (), START),
    ("model.ckpt-7.meta", (), [[4.0], [5.0], [6.0]]),
    ("trained", (), [[4.0], [5.0], [6.0]])])
def test_functions_graphs_and_models(name, arguments, start, capture, exported, tmp_path):
    ended = capture("--steps=3", "--out={}/captured".format(tmp_path), *arguments + ("--", name),
                    cwd=exported)
    assert (ended.status, ended.out, len(ended.err.splitlines())) == (0, "", 1), ended.err
    found = Captured(str(tmp_path / "captured"))
    assert (found.header["steps"], len(found.calls)) == (3, 3)
    np.testing.assert_array_equal(found.calls[0].before()["w"], start)
    states = [call.after()["w"] for call in found.calls]
    assert not np.array_equal(states[0], start) and not np.array_equal(states[1], states[2])


def test_what_no_draw_can_stand_for(capture, exported, tmp_path):
    ended = capture("--out={}/captured".format(tmp_path), "--", "builders.py:choices",
                    cwd=exported)
    assert (ended.status, ended.out, os.listdir(str(tmp_path))) == (64, "", [])
    assert ended.err == (
        "capture: expected values in --batches, or in \"feed\" of the function, for what cannot be "
        "drawn: adjacency (a sparse tensor), free (float32 of any shape), is_training (bool []), "
        "rate (float32 []), words (string [?])\n")
