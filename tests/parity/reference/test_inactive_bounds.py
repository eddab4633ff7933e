"""Bounds of a captured program that never act, with the line that made them."""

import pytest

from parity.reference import recording


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_never_acts_is_named_and_what_acts_is_not(captured_program, tmp_path, dtype):
    """Neither are schedules, which are compared at far steps, and what only tells signs apart."""
    answer = recording.record({
        "captured": captured_program("bounded").path, "dtype": dtype, "steps": [0, 1],
        "out": str(tmp_path / "steps.npz")})
    found = {each["operation"].partition("/")[0]: each["line"]
             for each in answer["unexercised"]}
    assert [each["operation"] for each in answer["unexercised"] if each["always"]] == [
        "floor_always"]
    assert set(found) == {"cap_never", "threshold_never", "alike_never", "six_never",
                          "norm_never_1", "weights_never", "floor_always"}
    for line, in found.values():
        assert "bounded_programs.py:" in line
