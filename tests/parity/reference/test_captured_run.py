"""What the steps of a capture took and left, without running them."""

import numpy as np
import pytest

from parity import capture
from parity.reference import captured_run
from parity.reference import recording
from parity.reference import steps

COUNT = 3


@pytest.fixture(name="told", scope="module")
def fixture_told(captured_program, tmp_path_factory):
    """Function (program) that returns (answer, arrays, `Captured`)."""
    folder = tmp_path_factory.mktemp("taken")

    def made(name):
        captured, out = captured_program(name), str(folder / (name + ".npz"))
        answer = captured_run.taken({"captured": captured.path, "count": COUNT, "out": out})
        with np.load(out) as found:
            return answer, dict(found), captured
    return made


@pytest.mark.parametrize("program", ["images", "adversarial", "moving"])
def test_digests_are_of_what_a_float32_replay_leaves(told, program, tmp_path):
    answer, _, captured = told(program)
    out = str(tmp_path / "steps.npz")
    recording.record({"captured": captured.path, "dtype": "float32", "steps": list(range(COUNT)),
                     "out": out})
    with np.load(out) as replayed:
        for step, digests in enumerate(answer["digests"]):
            assert set(digests) == set(captured.variables)
            assert digests == {name: capture.digest(replayed[f"after/{step}/{name}"])
                               for name in digests}


def test_each_step_takes_what_the_compared_steps_take(told, tmp_path):
    answer, found, captured = told("adversarial")
    out = str(tmp_path / "steps.npz")
    recorded = recording.record({"captured": captured.path, "dtype": "float32",
                                "steps": list(range(COUNT)), "out": out})
    assert answer["draws"] == recorded["draws"]
    with np.load(out) as replayed:
        given = {name for name in replayed if name.startswith(("input/", "gathered/"))}
        assert given and given == {name for name in found
                                   if name.startswith(("input/", "gathered/"))}
        assert all(found[name].tobytes() == replayed[name].tobytes() for name in given)
        before = {name for name in replayed if name.startswith("before/0/")}
        assert all(found[name].tobytes() == replayed[name].tobytes() for name in before)


def test_losses_are_the_numbers_that_the_program_fetched_itself(told):
    _, found, captured = told("images")
    fetched = [call.fetched() for call in captured.calls if call.role == "train"]
    losses = {name: values for name, values in found.items() if name.startswith("losses/")}
    assert losses
    for name, values in losses.items():
        tensor = name.split("/", 2)[2]
        np.testing.assert_array_equal(values, [call[tensor] for call in fetched])


def test_where_draws_in_loops_hide_something_nothing_is_told(
        captured_program, monkeypatch, tmp_path):
    captured = captured_program("images")
    grouped = steps.grouped(captured)
    job = {"captured": captured.path, "count": COUNT, "out": str(tmp_path / "out.npz")}
    with monkeypatch.context() as patched:
        patched.setattr(grouped[1][0], "hidden", ["while/random"])
        patched.setattr(steps, "grouped", lambda captured: grouped)
        assert captured_run.taken(job) == {}
    assert captured_run.taken(job)["digests"]
