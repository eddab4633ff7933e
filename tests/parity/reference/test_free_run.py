"""A free run of a captured program, and one that is nudged."""

import numpy as np

from parity.reference import free_run
from parity.reference import steps
from parity.reference.replay import Replay


def recorded(captured, tmp_path, count=3):
    """(answer, arrays) of the job."""
    out = str(tmp_path / "free.npz")
    answer = free_run.record({"captured": captured.path, "dtype": "float64", "count": count,
                              "batches": "", "out": out})
    with np.load(out) as found:
        return answer, dict(found)


def test_entries_are_where_the_steps_lead(captured_program, tmp_path):
    captured = captured_program("images")
    answer, found = recorded(captured, tmp_path)
    assert answer["steps"] == 3 and sorted(answer["draws"]) == ["0", "1", "2"]
    replay = Replay(captured, "float64")
    runner = steps.Runner(replay)
    replay.load(steps.first_state(captured, lambda value: value))
    for number, calls in enumerate(steps.grouped(captured)):
        step = runner.run(number, calls)
        for name, value in step.after.items():
            if value.dtype.kind == "f" and value.size == 1:
                np.testing.assert_allclose(found["entries/" + name][number + 1], value.ravel(),
                                           rtol=1e-6)
        for name, value in step.phases[0].inputs.items():
            np.testing.assert_array_equal(found[f"input/{number}/0/{name}"], value)
        assert answer["draws"][str(number)] == [kind for kind, _ in step.phases[0].draws]
    assert {name for name in found if name.startswith("entries/")} == {
        "entries/" + name for name, value in step.after.items() if value.dtype.kind == "f"}
    replay.close()


def test_the_nudged_run_goes_beside_the_other(captured_program, tmp_path):
    _, found = recorded(captured_program("images"), tmp_path)
    gaps = {name: np.abs(values - found["nudged_" + name]).max() for name, values in found.items()
            if name.startswith("entries/")}
    assert 0 < max(gaps.values()) < 1e-9


def test_no_more_steps_are_run_than_asked_for(captured_program, tmp_path):
    answer, found = recorded(captured_program("images"), tmp_path, 2)
    assert answer["steps"] == 2
    assert {values.shape[0] for name, values in found.items() if name.startswith("entries/")} == {3}
