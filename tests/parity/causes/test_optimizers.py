"""Another constant reaches every update of an optimiser, of rows and of whole variables."""

import numpy as np
import pytest

from parity.causes import optimizers
from parity.common import rungs
from tests.parity.causes import embedded
from tests.parity.causes.one_step import taken


def step_with(captured, **argument):
    """The first step where the port's optimiser, and so the reference, has another constant."""
    place = embedded.place(captured, rungs.UPDATE, argument)
    change = next(each for each in optimizers.constants(place) if each.declared)
    return taken(captured, change.edits)


@pytest.fixture(name="captured", scope="module")
def fixture_captured(capture):
    return capture("sequences", "embedding_adam")


@pytest.mark.parametrize("argument", [{"epsilon": 1e-3}, {"beta_1": 0.5}, {"beta_2": 0.99}])
def test_adams_constants_of_rows_and_of_whole_variables(captured, argument):
    numbers = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, **argument}
    one, two = 1 - numbers["beta_1"], 1 - numbers["beta_2"]
    step = step_with(captured, **argument)
    for variable, gradient in embedded.summed(step).items():
        first, second = one * gradient, two * np.square(gradient)
        expected = -0.01 * np.sqrt(two) / one * first / (np.sqrt(second) + numbers["epsilon"])
        np.testing.assert_allclose(step.after[variable] - step.before[variable], expected,
                                   rtol=1e-9, atol=1e-15)
