"""What one job after the other uses: a capture that was read, and the replay of it as it is."""

import shutil

import numpy as np
import pytest

from parity.reference import captured as captures
from parity.reference import replay


@pytest.fixture(name="path")
def fixture_path(captured_program, tmp_path):
    return shutil.copytree(captured_program("images").path, str(tmp_path / "captured"))


def test_a_capture_is_read_once_until_it_is_another(path, captured_program):
    first = captures.read(path)
    assert captures.read(path) is first
    shutil.rmtree(path)
    with pytest.raises(captures.DamagedCapture):
        captures.read(path)
    shutil.copytree(captured_program("adversarial").path, path)
    other = captures.read(path)
    assert other is not first and set(other.variables) != set(first.variables)


def test_a_replay_begins_anew_and_computes_the_same(path):
    captured = captures.read(path)
    first = replay.plain(captured)
    updates = [update.after for update in first.updates()]
    first.close()
    again = replay.plain(captured)
    assert again is first and again.state() == {}
    for update, expected in zip(again.updates(), updates):
        assert set(update.after) == set(expected)
        for name, value in update.after.items():
            np.testing.assert_array_equal(value, expected[name])
    assert replay.plain(captured, "float64") is not again
