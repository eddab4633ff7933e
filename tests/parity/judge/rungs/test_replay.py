"""Rung 0: what the replay gave where it was compared with the capture."""

import pytest

from parity import differences
from parity.judge.rungs import replay


@pytest.mark.parametrize("said,verdict", [
    ("identical", differences.IDENTICAL), ("rounding", differences.ROUNDING),
    ("race", differences.INCONCLUSIVE), ("different", differences.INCONCLUSIVE)])
def test_a_replay_that_is_not_what_was_captured_proves_nothing(said, verdict):
    finding, = replay.found({"float32": {"verdict": said, "tensor": "y:0", "call": 2,
                                             "error": 0.5}})
    assert (finding.rung, finding.verdict, finding.relative) == (0, verdict, 0.5)
    assert finding.note == f"call 2, replayed: {said}"
