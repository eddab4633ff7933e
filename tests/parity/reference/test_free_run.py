"""A free run of a captured program beside the steps that are compared, and one that is nudged."""

import numpy as np
import pytest

from parity.reference import free_run
from parity.reference import recording
from parity.reference import steps
from parity.reference.replay import Replay

COUNT = 3
COMPARED = [0, 2]


@pytest.fixture(name="job", scope="module")
def fixture_job(captured_program, tmp_path_factory):
    """Function (number of steps, more) that returns a job on the captured images."""
    folder = tmp_path_factory.mktemp("free")
    captured = captured_program("images")

    def made(name, **more):
        return dict({"captured": captured.path, "dtype": "float64", "batches": "",
                     "names": sorted(captured.variables)[:-1],
                     "out": str(folder / (name + ".npz"))}, **more)
    return made


def arrays_of(job):
    with np.load(job["out"]) as found:
        return dict(found)


def entries(found):
    """`{variable: [steps + 1, up to 16]}`."""
    return {name[len("entries/"):]: value for name, value in found.items()
            if name.startswith("entries/")}


@pytest.fixture(name="ran", scope="module")
def fixture_ran(job):
    """(answer, arrays) of a run on to the third step, of which two are compared."""
    asked = job("ran", steps=COMPARED, free=COUNT)
    answer = recording.record(asked)
    return answer, arrays_of(asked)


@pytest.fixture(name="taken", scope="module")
def fixture_taken(captured_program):
    """The `Step`s as a runner takes them."""
    captured = captured_program("images")
    runner = steps.Runner(Replay(captured, "float64"))
    runner.replay.load(free_run.start(captured, "float64"))
    found = [runner.run(number, calls) for number, calls in enumerate(steps.grouped(captured))]
    runner.replay.close()
    return found


def test_entries_are_where_the_steps_lead(ran, taken):
    found = entries(ran[1])
    floats = {name for name, value in taken[0].before.items() if value.dtype.kind == "f"}
    assert set(found) == floats - {max(taken[0].before)} != floats
    for name, curve in found.items():
        states = [taken[0].before] + [step.after for step in taken]
        size = states[0][name].size
        chosen = np.linspace(0, size - 1, min(16, size)).astype(int)
        np.testing.assert_array_equal(curve, [state[name].ravel()[chosen] for state in states])


def test_what_the_steps_took_is_written_whether_they_are_compared_or_not(ran, taken):
    answer, found = ran
    assert answer["varied"] is False and sorted(answer["draws"]) == ["0", "1", "2"]
    for step in taken:
        phase, = step.phases
        for name, value in phase.inputs.items():
            np.testing.assert_array_equal(found["input/{}/0/{}".format(step.number, name)], value)
        assert answer["draws"][str(step.number)] == [kind for kind, _ in phase.draws]
        for number, (_, value) in enumerate(phase.draws):
            np.testing.assert_array_equal(
                found["draw/{}/0/{}".format(step.number, number)], value)


def test_of_a_step_that_is_not_compared_nothing_else_is_written(ran):
    named = [name.split("/") for name in ran[1] if not name.startswith(("entries/", "losses/"))]
    parts = {number: {name[0] for name in named if name[1] == str(number)}
             for number in range(COUNT)}
    assert parts[1] == {"input", "draw"}
    assert parts[0] == parts[2] - {"last_rate"} == {
        "before", "after", "gradient", "loss", "output", "rate", "input", "draw"}


def test_no_more_steps_are_run_than_asked_for(job):
    asked = job("two", steps=[0], free=2)
    assert sorted(recording.record(asked)["draws"]) == ["0", "1"]
    found = arrays_of(asked)
    assert {curve.shape[0] for curve in entries(found).values()} == {3}
    assert not any(name.startswith(("input/2", "draw/2")) for name in found)


def test_without_a_free_run_steps_end_with_the_last_that_is_compared(job):
    asked = job("alone", steps=[0])
    assert sorted(recording.record(asked)["draws"]) == ["0"]
    found = arrays_of(asked)
    assert not entries(found) and not any(name.startswith("input/1") for name in found)


def test_the_nudged_run_goes_beside_the_other(ran, job):
    asked = job("nudged", count=COUNT)
    assert free_run.nudged(asked) == {}
    curves, nudged = entries(ran[1]), entries(arrays_of(asked))
    assert set(curves) == set(nudged)
    gaps = {name: np.abs(curves[name] - nudged[name]).max(1) for name in curves}
    assert 0 < max(gap.max() for gap in gaps.values()) < 1e-9
    assert any(gap[0] for gap in gaps.values())  # it starts a unit off
    assert all(gap[0] <= 2 * np.finfo(float).eps * np.abs(curves[name][0]).max()
               for name, gap in gaps.items())


def test_the_nudged_run_takes_the_batches_that_it_is_given(ran, job):
    path = job("batches")["out"]
    np.savez(path, **{"{}/images:0".format(step): np.zeros([8, 8, 8, 3], np.float32)
                      for step in range(COUNT)})
    asked = job("nudged zeros", count=COUNT, batches=path)
    free_run.nudged(asked)
    recorded = job("zeros", steps=[0], free=COUNT, batches=path)
    recording.record(recorded)
    zeros, nudged = entries(arrays_of(recorded)), entries(arrays_of(asked))
    assert max(np.abs(zeros[name] - nudged[name]).max() for name in zeros) < 1e-6
    assert max(np.abs(zeros[name] - value).max() for name, value in entries(ran[1]).items()) > 1e-3
