"""The examples captured on TensorFlow 1.15.5 and replayed there; the one file by itself."""

import os
import shutil
import typing

import numpy as np
import pytest

from parity import capture as command
from parity.reference.captured import Captured
from parity.reference.replay import Replay
from tests.captures import Captures

STEPS = 4
# |replayed - captured| / |captured change| of a variable: another order of additions. Adam divides
# rounding by rounding where a gradient is near zero.
BOUND, MEDIAN = 1e-5, 1e-6


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
    errors = []
    for call in found.calls:
        if not call.whole:
            continue
        before, after = call.before(), call.after()
        replay.load(before)
        replay.run(call)
        state = replay.state()
        for name in call.digests():
            errors.append((command.relative_change(state[name], after[name], before[name]), name))
        for name in set(state) & set(after) - set(call.digests()):
            np.testing.assert_array_equal(state[name], after[name])
    replay.close()
    assert {name for _, name in errors} >= set(found.trainable)
    assert sorted(errors)[len(errors) // 2][0] <= MEDIAN
    assert max(errors)[0] <= BOUND, max(errors)


def test_the_one_file_alone_captures_what_the_package_captures(
        captured, repository, capture, tmp_path):
    """Copied to a folder without the package, it writes the same calls and operations."""
    name, found = captured
    if name != "language_model":  # the one whose data and weights are the same in each run
        return
    shutil.copy(command.__file__, str(tmp_path))
    ended = capture("--steps={}".format(STEPS), "--", program(repository, name),
                    "--train_steps=50", cwd=tmp_path, script=tmp_path / "capture.py")
    assert ended.status == 0, ended.err
    alone = Captured(str(tmp_path / "captured"))
    assert str(alone.graph_def()) == str(found.graph_def())  # with a constant that is no number
    for call, other in zip(alone.calls, found.calls):
        assert (call.role, call.targets, call.feeds) == (other.role, other.targets, other.feeds)
        for name, value in call.fed().items():
            np.testing.assert_array_equal(value, other.fed()[name])
    assert len(alone.calls) == len(found.calls)


@pytest.mark.parametrize("flag", ["--show", "--replay"])
def test_the_one_file_alone_cannot_read_a_capture(flag, capture, tmp_path):
    shutil.copy(command.__file__, str(tmp_path))
    ended = capture(flag, "captured", cwd=tmp_path, script=tmp_path / "capture.py")
    assert (ended.status, ended.out) == (64, "")
    assert ended.err == (
        "capture: {}: expected the whole package parity, received this file alone; copy the "
        "captured folder to where the package is\n".format(flag))
