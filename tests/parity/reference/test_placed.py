"""Steps from states of another's making: from the captured ones they are the captured steps."""

import numpy as np
import pytest

from parity import capture
from parity.reference import placed
from parity.reference import recording
from parity.reference.captured import Captured
from parity.reference.replay import Replay

STEPS = [0, 1]


@pytest.fixture(name="jobs")
def fixture_jobs(captured_program, tmp_path):
    """Function (program) that returns (job, path of what `sample` wrote, its answer)."""
    def made(name):
        out = str(tmp_path / "sampled.npz")
        job = {"captured": captured_program(name).path, "steps": STEPS}
        return job, out, placed.sample(dict(job, out=out))
    return made


def arrays(path):
    with np.load(path) as held:
        return dict(held)


@pytest.mark.parametrize("program", ["adversarial", "images", "gathered"])
def test_a_step_from_what_was_sampled_is_the_step_that_was_recorded(jobs, program, tmp_path):
    job, given, told = jobs(program)
    assert told == {"steps": STEPS, "hidden": False}
    once, again = str(tmp_path / "once.npz"), str(tmp_path / "again.npz")
    recorded = recording.record(dict(job, out=once, dtype="float64"))
    retaken = placed.retake(dict(job, out=again, dtype="float64", given=given))
    assert retaken["draws"] == recorded["draws"]
    once, again = arrays(once), arrays(again)
    assert set(once) - {name for name in once if "_" in name.partition("/")[0]} == (
        set(again) - {name for name in again if "_" in name.partition("/")[0]})
    for name, value in again.items():
        assert value.tobytes() == once[name].tobytes(), name
    taken = {name for name in again if name.startswith(("input/", "gathered/", "draw/"))}
    assert taken <= set(arrays(given))
    assert all(arrays(given)[name].tobytes() == again[name].tobytes() for name in taken)


def test_other_states_and_numbers_are_taken_where_they_are_given(jobs, tmp_path):
    job, given, _ = jobs("adversarial")
    first = arrays(given)
    other = {name: value + 0.25 if value.dtype.kind == "f" and name.startswith((
        "before/1/", "draw/1/", "input/1/")) else value for name, value in first.items()}
    np.savez(tmp_path / "other.npz", **other)
    out = str(tmp_path / "retaken.npz")
    placed.retake(dict(job, out=out, dtype="float64", given=str(tmp_path / "other.npz")))
    taken = arrays(out)
    changed = [name for name in taken if name in other and not np.array_equal(
        taken[name], first[name])]
    assert {name.partition("/")[0] for name in changed} == {"before", "draw", "input"}
    assert all(np.array_equal(taken[name], other[name]) for name in other if name in taken)


def test_variants_take_the_given_numbers_too(jobs, tmp_path):
    job, given, _ = jobs("images")
    other = {name: value * 1.5 if name.startswith("input/") and value.dtype.kind == "f" else value
             for name, value in arrays(given).items()}
    assert sum(np.any(other[name] != value) for name, value in arrays(given).items()) >= len(STEPS)
    np.savez(tmp_path / "other.npz", **other)
    trace, out = str(tmp_path / "trace.npz"), str(tmp_path / "varied.npz")
    job = dict(job, dtype="float64", given=str(tmp_path / "other.npz"))
    placed.retake(dict(job, out=trace))
    recording.vary(dict(job, trace=trace, only=["nudged"], out=out))
    noise = {name: float(value) for name, value in arrays(out).items()
             if name.startswith("noise_gradient/")}
    assert noise and max(noise.values()) < 1e-12  # of the captured numbers it would be half


def test_text_is_refused(captured_program):
    with pytest.raises(capture.Failure, match="expected numbers for a golden file"):
        placed._numbers("words:0", np.array([b"a"], object))


def test_a_given_number_is_what_float32_holds_as_the_port_takes_it(captured_program, tmp_path):
    captured = Captured(captured_program("optimizers").path)
    name = next(name for _, tensor, name in placed.places(captured) if tensor == "fed_rate:0")
    np.savez(str(tmp_path / "given.npz"), **{name: np.float32(0.1)})
    placed.feed(captured, str(tmp_path / "given.npz"))
    call = next(each for each in captured.calls if "fed_rate:0" in each.feeds)
    replay = Replay(captured, "float64")
    fed = {tensor.name: value for tensor, value in replay.feeds(call).items()}
    assert fed["fed_rate:0"] == np.float64(np.float32(0.1)) != 0.1
    replay.close()
