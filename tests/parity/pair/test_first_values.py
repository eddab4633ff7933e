"""First values of the reference in the port's layout."""

import numpy as np
import pytest

from parity.common import keys
from parity.pair import first_values
from parity.pair import transforms

_ENTRY = {"kind": "uniform", "low": -0.5, "high": 0.5, "name": "bias", "shape": [8]}
_DRAWS = np.random.RandomState(0).uniform(-0.5, 0.5, 20000)


@pytest.mark.parametrize("forget_bias, kind", [(0.0, "uniform"), (1.0, "other")])
def test_a_forget_bias_is_added_to_a_quarter_of_the_draws(forget_bias, kind):
    side = first_values._reference([_ENTRY], {keys.draws("bias"): _DRAWS},
                                   transforms.cell_bias("LSTM cell", forget_bias))
    assert side.declared["kind"] == kind
    moved = side.values - _DRAWS
    assert sorted(set(moved.round(9))) == sorted({0.0, forget_bias})
    if forget_bias:
        assert np.mean(moved > 0.5) == pytest.approx(0.25, abs=1e-3)
