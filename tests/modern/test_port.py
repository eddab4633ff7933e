"""A model as `parity` observes it takes the step that training takes."""

import contextlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from groundwork.data.batches import Batches
from modern import training
from modern.port import build


def fed(batch, calls, numbered):
    """What the Session's calls are fed, by placeholders, of a step's `{"<call>/<input>": array}`.

    Args:
      calls: starts of the batch's keys, in order.
      numbered: what stands before the names of a call's inputs that the first does not take.
    """
    given = {}
    for number, call in enumerate(calls):
        for key, value in batch.items():
            if key.startswith(call + "/"):
                name = "inputs/" + key.rpartition("/")[2]
                same = name in given and np.array_equal(given[name], value)
                if not same:
                    name = numbered.format(number) + name if name in given else name
                    given[name] = tf.constant(value)
    return given


@contextlib.contextmanager
def eager():
    """Runs tf.functions as Python while it is open."""
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


@pytest.mark.parametrize("values,calls,numbered", [
    ({}, ["joint"], "{}/"),
    ({"phases": "alternating"}, ["generator", "discriminator"], "{}/"),
    ({"accumulate_steps": 2}, ["joint/0", "joint/1"], "gathered/{}/")])
def test_a_step_is_that_of_training(values, calls, numbered, data_of):
    keras.config.set_floatx("float32")
    port, other = (build("dense_gan", batch_size=4, **values) for _ in range(2))
    for each in (port, other):
        training.initialize(each.model, 1)
    batch = Batches(data_of("dense_gan"), port.model.hparams, "float32")(1, 1)
    with eager():  # a traced step may fuse what training.run_step computes one by one
        losses = port.step(fed(batch, calls, numbered))
    expected = training.run_step(other._program, {
        key: tf.constant(value) for key, value in batch.items()})
    assert len(losses) == len(expected)
    assert {name: float(loss) for each in losses for name, loss in each.items()} == {
        name: float(loss) for each in expected.values() for name, loss in each.items()}
    for ours, theirs in zip(port.model.variables, other.model.variables):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_stock_optimizers_are_those_of_keras():
    port = build("vae", stock_optimizers=True)
    assert type(port.model.loss_optimizers["vae"]) is keras.optimizers.Adam
