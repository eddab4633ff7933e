"""What variants make of steps: the same beside the run of the steps, and from its trace later."""

import numpy as np
import pytest

from parity.reference import recording
from parity.reference.captured import Captured

COMPARED = [0, 2]
SPLIT = ["net/hidden/kernel"]


@pytest.fixture(name="varied")
def fixture_varied(captured_program, tmp_path, monkeypatch):
    """Function (program, dtype, alone) to what is written beside the steps, and what later."""
    def with_loops(job):
        captured = Captured(job["captured"])
        captured.calls[0].hidden = ["as if it drew in a loop"]
        return captured

    def both(program, dtype, alone=False):
        job = {"captured": captured_program(program).path, "dtype": dtype, "steps": COMPARED,
               "split": SPLIT, "alone": alone, "out": str(tmp_path / "steps.npz")}
        assert recording.record(job)["varied"] is False
        later = dict(job, trace=job["out"], out=str(tmp_path / "later.npz"))
        assert recording.vary(later) == {}
        monkeypatch.setattr(recording, "captured_of", with_loops)
        beside = dict(job, out=str(tmp_path / "beside.npz"))
        assert recording.record(beside)["varied"] is True
        with np.load(job["out"]) as plain, np.load(beside["out"]) as one, np.load(
                later["out"]) as other:
            assert set(one.files) == set(plain.files) | set(other.files)
            assert not set(plain.files) & set(other.files)
            return {name: one[name] for name in other.files}, dict(other)
    return both


@pytest.mark.parametrize("program, dtype, alone, kinds", [
    ("images", "float64", False,
     {"allowed", "bent", "noise", "stored", "raised", "mixed", "rates"}),
    ("images", "float32", False, {"noise"}), ("images", "float32", True, {"noise"}),
    ("adversarial", "float64", False, {"allowed", "bent", "noise"})])
def test_variants_are_the_same_beside_the_steps_and_later(varied, program, dtype, alone, kinds):
    beside, later = varied(program, dtype, alone)
    # No moving variance is here: what a biased one changes is rounding, and kept or not.
    assert {name.partition("_")[0] for name in later} - {"biased"} == kinds
    for name, value in later.items():
        assert value.tobytes() == beside[name].tobytes(), name
    assert {name.split("/")[1] for name in later} == {"0", "2"}
    assert max(value for name, value in later.items() if name.startswith("noise_")) > 0
