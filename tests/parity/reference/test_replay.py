"""Inputs of a replay in each precision."""

import numpy as np
import pytest

from parity.reference import precision
from parity.reference.call_inputs import CallInputs
from parity.reference.captured import Captured
from parity.reference.replay import Replay


@pytest.mark.parametrize("dtype, read, expected", [
    ("float32", precision.shortest, np.float32(0.1)), ("float64", precision.shortest, 0.1),
    ("float64", precision.as_stored, np.float64(np.float32(0.1)))])
def test_a_fed_number_is_read_as_constants_are(captured_program, dtype, read, expected):
    captured = Captured(captured_program("optimizers").path)
    call = next(each for each in captured.calls if "fed_rate:0" in each.feeds)
    call.feed({"fed_rate:0": np.array(0.1, np.float32)})
    replay = Replay(captured, dtype, read=read)
    fed = {tensor.name: value for tensor, value in replay.feeds(call).items()}
    assert fed["fed_rate:0"] == expected and fed["fed_rate:0"].dtype == dtype
    # The port is fed the same.
    taken = CallInputs(captured, dtype).inputs(call)["fed_rate:0"]
    assert taken == expected or read is precision.as_stored
    assert taken.dtype == dtype
    replay.close()
