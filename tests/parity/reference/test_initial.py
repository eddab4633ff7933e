"""First values of a captured program's variables: declared, drawn, and whether they had moved."""

import numpy as np
import pytest

from parity.reference import initial


@pytest.fixture
def read(captured_program):
    """Function (program, wanted) that returns (what `initial.read` returns, its arrays)."""
    def of(program, wanted=()):
        drawn = {}
        return initial.read(captured_program(program), set(wanted), drawn.__setitem__), drawn
    return of


def test_distributions_are_declared_and_drawn(read):
    found, drawn = read("images", ["net/conv1/kernel", "net/hidden/kernel"])
    assert found["declared"]["net/conv1/kernel"] == {
        "kind": "truncated_normal", "mean": 0.0, "stddev": 0.02, "shape": [3, 3, 3, 4]}
    cut, limit = drawn["draws/net/conv1/kernel"], (6.0 / (16 + 6)) ** 0.5
    assert cut.shape == (20000,) and np.abs(cut).max() <= 0.04
    assert cut.std() == pytest.approx(0.02 * 0.8796, rel=0.03)
    uniform = found["declared"]["net/hidden/kernel"]
    assert (uniform["kind"], uniform["high"]) == ("uniform", pytest.approx(limit))
    assert drawn["draws/net/hidden/kernel"].std() == pytest.approx(limit / 3 ** 0.5, rel=0.03)


def test_constants_are_declared_and_slots_have_not_moved(read):
    found, _ = read("images")
    assert found["declared"]["net/logits/bias"] == {
        "kind": "constant", "value": 0.1, "shape": [5], "moved": False}
    slot = found["declared"]["net/conv1/kernel/RMSProp"]
    assert (slot["value"], slot["moved"], found["begun"]) == (1.0, False, "")


def test_a_slot_that_has_moved_tells_that_training_had_begun(captured_program, monkeypatch):
    captured = captured_program("images")
    before = captured.calls[0].before()
    before["net/conv1/kernel/RMSProp"] = before["net/conv1/kernel/RMSProp"] * 0.5
    monkeypatch.setattr(captured.calls[0], "before", lambda: before)
    found = initial.read(captured, set(), None)
    assert found["begun"] == ("the capture begins after training did: net/conv1/kernel/RMSProp has "
                              "moved")
