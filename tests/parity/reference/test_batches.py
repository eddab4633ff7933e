"""Other batches for the calls of a capture."""

import numpy as np

from parity.reference import batches
from parity.reference.captured import Captured


def test_calls_take_what_is_given_and_keep_the_rest(captured_program, tmp_path):
    captured = Captured(captured_program("noisy").path)
    before = [(call.fed()["x:0"], call.drawn()) for call in captured.calls]
    other = np.full((8, 3), 7, np.float32)
    np.savez(tmp_path / "batches.npz", **{"1/x:0": other, "1/unknown:0": other})
    batches.give(captured, str(tmp_path / "batches.npz"))
    for number, (call, (x, drawn)) in enumerate(zip(captured.calls, before)):
        assert list(call.fed()) == ["x:0"]
        np.testing.assert_array_equal(call.fed()["x:0"], other if number == 1 else x)
        for name, value in call.drawn().items():
            np.testing.assert_array_equal(value, drawn[name])


def test_iterated_inputs_can_be_given_too(captured_program, tmp_path):
    captured = Captured(captured_program("noisy").path)
    name, value = next(iter(captured.calls[0].drawn().items()))
    np.savez(tmp_path / "batches.npz", **{"0/" + name: value * 0})
    batches.give(captured, str(tmp_path / "batches.npz"))
    assert not captured.calls[0].drawn()[name].any() and captured.calls[1].drawn()[name].any()
