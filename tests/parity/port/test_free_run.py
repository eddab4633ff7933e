"""A port that takes one step after the other: its draws answered, or as its author runs it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from parity import capture
from parity.port import draws
from parity.port import free_run

ONE = np.ones((1, 1), np.float32)
STARTS = [0.0, 1.25, 2.75, 4.5]


class Walk:
    """A weight that moves by what is drawn plus what is fed."""

    def __init__(self, drawn=lambda batch: keras.random.uniform((1, 1))):
        self.model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        self._drawn = drawn

    def step(self, batch):
        drawn = self._drawn(batch)
        self.model.layers[0].kernel.assign_add(drawn + batch["x"])
        return {"loss": tf.reduce_sum(drawn)}


def kernel(found):
    """Numbers of the one kernel."""
    values, = (values for name, values in found.items() if name.endswith("kernel"))
    return values.ravel().tolist()


def steps_of(batch, numbers=(0.25, 0.5, 0.75)):
    """(batch, answers) of each step, one number drawn in each."""
    return [(batch, draws.Draws([number * ONE], ["uniform"])) for number in numbers]


def undrawn(batch, count=3):
    """(batch, answers) of steps without draws."""
    return [(batch, draws.Draws([], []))] * count


def test_entries_are_those_after_each_step(ready):
    port, batch = ready(Walk(), {"x": ONE})
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    assert kernel(free_run.entries(port, steps_of(batch), drawn=True)) == STARTS


def test_without_draws_a_step_is_the_authors_own(ready):
    """A tf.function of the author's is traced, and no graph optimiser changes what it computes."""
    eager, options = [], []

    @tf.function
    def drawn(batch):
        eager.append(tf.executing_eagerly())
        options.append(tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"])
        return 0.5 * batch["x"]

    port, batch = ready(Walk(drawn), {"x": ONE})
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    eager.clear(), options.clear()
    found = free_run.entries(port, undrawn(batch), drawn=False)
    assert kernel(found) == [0.0, 1.5, 3.0, 4.5]
    assert eager == [False] and options == [True]  # traced once
    assert not tf.config.optimizer.get_experimental_options().get("disable_meta_optimizer")


def test_where_numbers_are_drawn_no_step_is_traced(ready):
    eager = []

    @tf.function
    def drawn(batch):
        eager.append(tf.executing_eagerly())
        return keras.random.uniform((1, 1))

    port, batch = ready(Walk(drawn), {"x": ONE})
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    eager.clear()
    assert kernel(free_run.entries(port, steps_of(batch), drawn=True)) == STARTS
    assert eager == [True] * 3


def test_a_step_that_cannot_be_traced_is_taken_eagerly_from_where_it_began(ready):
    """Its first try moves the weight before it fails."""
    walk = Walk()

    @tf.function
    def drawn(batch):
        if not tf.executing_eagerly():
            raise ValueError("it asks for numbers")
        return 0.5 * batch["x"]

    def moves_first(batch):
        walk.model.layers[0].kernel.assign_add(100.0 * batch["x"])
        return drawn(batch) - 100.0 * batch["x"]

    walk._drawn = moves_first
    port, batch = ready(walk, {"x": ONE})
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    assert kernel(free_run.entries(port, undrawn(batch), drawn=False)) == [0.0, 1.5, 3.0, 4.5]


def test_what_fails_traced_and_eagerly_is_the_authors_error(ready):
    def broken(batch):
        raise ZeroDivisionError("the author's")

    walk = Walk(lambda batch: batch["x"])
    port, batch = ready(walk, {"x": ONE})
    walk._drawn = broken
    with pytest.raises(ZeroDivisionError, match="the author's"):
        free_run.entries(port, undrawn(batch), drawn=False)


@pytest.mark.parametrize("run_eagerly, traced", [(False, True), (True, False)])
def test_a_compiled_model_steps_as_fit_takes_it(ready, run_eagerly, traced):
    seen = []

    class Noting(keras.layers.Layer):
        def call(self, x):
            seen.append(not tf.executing_eagerly())
            return x

    model = keras.Sequential([keras.Input((1,)), Noting(), keras.layers.Dense(
        1, use_bias=False, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.25), "mean_squared_error", run_eagerly=run_eagerly)
    port, batch = ready(model, {"x": ONE, "label": ONE}, ["label"])
    seen.clear()
    found = free_run.entries(port, undrawn(batch), drawn=False)
    assert kernel(found) == [0.0, 0.5, 0.75, 0.875]
    assert seen == ([True] if traced else [False] * 3)


def digests(port, *kernels):
    """What the port shall hold after each step, by kernel."""
    path, = (path for path in port.variables() if path.endswith("kernel"))
    return [{f"state/{path}": capture.digest(np.array([[kernel]], np.float32))}
            for kernel in kernels]


@pytest.mark.parametrize("expected, count", [
    ([1.25, 2.75, 4.5], 3), ([1.25, 2.75, np.nextafter(np.float32(4.5), np.float32(5))], 2),
    ([0.0, 2.75, 4.5], 0), ([1.25, 2.75], 2)])
def test_a_run_is_followed_for_as_long_as_every_bit_is_what_was_expected(ready, expected, count):
    port, batch = ready(Walk(), {"x": ONE})
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    taken, traced, found = free_run.follow(port, steps_of(batch), True, digests(port, *expected))
    assert (taken, traced) == (count, False)
    shown = min(count + 1, len(expected))  # the loss of the step that departs is one of them
    np.testing.assert_array_equal(found["losses/port/loss"], [0.25, 0.5, 0.75][:shown])


def test_what_the_port_does_not_hold_is_never_what_was_expected(ready):
    port, batch = ready(Walk(), {"x": ONE})
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    expected = dict(digests(port, 1.25)[0], **{"slot/0/dense/kernel/m": "00000000"})
    assert free_run.follow(port, steps_of(batch), True, [expected])[0] == 0


@pytest.mark.parametrize("fails", [False, True])
def test_a_followed_run_is_traced_unless_the_step_cannot_be(ready, fails):
    @tf.function
    def drawn(batch):
        if fails and not tf.executing_eagerly():
            raise TypeError("not traceable")
        return 0.5 * batch["x"]

    port, batch = ready(Walk(lambda batch: 0.5 * batch["x"]), {"x": ONE})
    port.form._port._drawn = drawn  # that of the first step, which is undone, could be traced
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    taken, traced, _ = free_run.follow(port, undrawn(batch), False, digests(port, 1.5, 3.0, 4.5))
    assert (taken, traced) == (3, not fails)


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_what_is_not_finite_is_never_what_was_expected(ready, broken):
    port, batch = ready(Walk(), {"x": ONE})
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    taken, _, found = free_run.follow(port, steps_of(batch, (0.25, broken, 0.5)), True,
                                      digests(port, 1.25, broken, broken))
    assert taken == 1
    np.testing.assert_array_equal(found["losses/port/loss"], [0.25, broken])


def test_of_a_step_that_nobody_traces_nothing_says_what_its_trace_computes(ready):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    returned = model, lambda true, predicted: tf.reduce_mean(predicted), (
        keras.optimizers.SGD(1.0))
    port, batch = ready(returned, {"x": ONE, "y": ONE}, ["y"])
    port.form.models[0].layers[0].kernel.assign([[0.0]])
    taken, traced, _ = free_run.follow(port, undrawn(batch, 2), False,
                                       digests(port, -1.0, -2.0))
    assert (taken, traced) == (2, False)
