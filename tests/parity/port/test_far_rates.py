"""Learning rates of a port's optimisers after numbers of updates, and when they tell nothing."""

import keras
import numpy as np
import pytest

from parity.port import far_rates

COUNTS = [0, 10, 1000]
SET = "the port sets its rate itself"
FUNCTION = "the port's rate is a function that its iterations do not change"
INPUTS = {"x": np.ones((2, 3))}
DECAY = keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.5, staircase=True)


class Steps:
    """A port with one optimiser."""

    def __init__(self, rate):
        self.model = keras.Sequential([keras.Input((3,), name="x"), keras.layers.Dense(2)])
        self.optimizer = keras.optimizers.SGD(0.5)
        if rate is not None:
            self.optimizer = keras.optimizers.SGD(rate)

    def step(self, batch):
        variables = self.model.trainable_variables
        self.optimizer.apply([keras.ops.ones_like(each) for each in variables], variables)


class SetsAnAttribute(Steps):
    """Sets the rate, but in no step that is compared."""

    def step(self, batch):
        super().step(batch)
        if self.optimizer.iterations == 1000:
            self.optimizer.learning_rate = 0.1


class Assigns(Steps):
    """Leaves it to a function."""

    def step(self, batch):
        super().step(batch)
        _lower(self.optimizer)


def _lower(optimizer):
    if optimizer.iterations == 1000:
        optimizer._learning_rate.assign(0.1)


def told(ready, port, observed=(0.5,)):
    """What is said of the one optimiser."""
    made, _ = ready(port, INPUTS)
    updates = [{"optimizer": 0, "rate": rate} for rate in observed]
    return far_rates.read(made, {"0": COUNTS}, updates)["0"]


@pytest.mark.parametrize("rate,values", [
    (None, [0.5, 0.5, 0.5]), (DECAY, [0.5, 0.25, 0.5 * 2.0 ** -100])])
def test_a_number_stays_and_a_schedule_is_asked(ready, rate, values):
    assert told(ready, Steps(rate)) == {"values": values, "reason": ""}


def test_the_counter_is_set_back(ready):
    port = Steps(DECAY)
    port.optimizer.iterations.assign(7)
    told(ready, port)
    assert int(port.optimizer.iterations) == 7


def test_a_function_tells_something_where_it_follows_the_iterations(ready):
    port = Steps(None)
    port.optimizer.learning_rate = lambda: DECAY(port.optimizer.iterations)
    assert told(ready, port)["values"] == [0.5, 0.25, 0.5 * 2.0 ** -100]
    assert told(ready, Steps(lambda: 0.5)) == {"values": [], "reason": FUNCTION}


@pytest.mark.parametrize("kind", [SetsAnAttribute, Assigns])
def test_a_port_that_sets_its_rate_in_some_step_tells_nothing(ready, kind):
    assert told(ready, kind(None)) == {"values": [], "reason": SET}


def test_a_rate_that_was_another_in_a_step_tells_nothing(ready):
    assert told(ready, Steps(None), [0.5, 0.25]) == {"values": [], "reason": SET}


def test_other_optimisers_updates_are_no_matter(ready):
    made, _ = ready(Steps(None), INPUTS)
    updates = [{"optimizer": 1, "rate": 0.125}]
    assert far_rates.read(made, {"0": COUNTS}, updates)["0"]["reason"] == ""
