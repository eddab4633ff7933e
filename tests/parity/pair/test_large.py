"""Programs that are too large to keep several states: rung 0 is exact, or says that it is not."""

import pytest

from parity.judge import differences
from parity.judge.rungs import replay


def test_a_replay_that_is_bit_for_bit_the_capture_is_identical(ports, monkeypatch):
    monkeypatch.setattr(replay, "_LARGE", 10)
    assert ports("losses.softmax").rung(0, "float32") == differences.IDENTICAL


def test_how_far_another_is_off_is_not_run_and_said(ports, monkeypatch):
    monkeypatch.setattr(replay, "_LARGE", 10)
    monkeypatch.setattr(replay, "found", lambda answer, forward: pytest.fail("an answer"))
    ask = ports.verifications._recorders.reference

    class Reference:
        """A recorder whose replay is not exact."""

        def __call__(self, job, **arguments):
            return {} if job == "replay" else ask(job, **arguments)
    monkeypatch.setattr(type(ports.verifications._recorders), "reference",
                        property(lambda recorders: Reference()))
    result = ports("losses.softmax")
    assert result.rung(0, "float32") == differences.NOT_RUN
    assert any("--replay" in finding.note for finding in result.findings if not finding.rung)
