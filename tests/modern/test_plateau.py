"""modern.plateau against the rule in NumPy: the same rate at every update, bit for bit."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork import schedules
from groundwork.data.batches import Batches
from modern import optimizers
from modern.models import wgan
from modern.plateau import Plateau
from modern.precision import precision
from modern.training import run_step
from tests import plateau_reference as reference

RATE = 0.02


def built(dtype, window, decay_rate, patience):
    with precision(dtype):
        watching = Plateau(RATE, window, decay_rate, patience)
        optimizer = keras.optimizers.SGD(watching, name="optimizer")
    watching.build(optimizer)
    return watching, optimizer


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("window,decay_rate,patience", [
    (reference.WINDOW, reference.DECAY_RATE, reference.PATIENCE), (1, 0.5, 1), (5, 0.9, 1)])
def test_the_rate_is_that_of_the_rule_at_every_update(
        window, decay_rate, patience, dtype, compiled):
    expected, _ = reference.rates(reference.LOSSES, RATE, window, decay_rate, patience, dtype)
    watching, optimizer = built(dtype, window, decay_rate, patience)
    observe = tf.function(watching.observe, jit_compile=True) if compiled else watching.observe
    found = []
    for loss in reference.LOSSES:
        found.append(optimizer.learning_rate.numpy())
        observe(tf.constant(loss, dtype))
    found.append(optimizer.learning_rate.numpy())
    assert found[0].dtype == np.dtype(dtype)
    np.testing.assert_array_equal(found, expected)


def test_what_it_has_seen_is_the_optimizers_state():
    _, optimizer = built("float64", 3, 0.5, 2)
    state = {variable.name: variable.numpy() for variable in optimizer.variables}
    del state["iteration"]
    assert state == {
        "plateau_best": np.finfo("float64").max, "plateau_total": 0.0, "plateau_losses": 0,
        "plateau_waited": 0, "plateau_factor": 1.0}


def test_configuration_round_trip():
    watching, optimizer = built("float64", 3, 0.5, 2)
    copy = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(watching))
    assert type(copy) is Plateau
    assert copy.get_config() == watching.get_config()
    copy.build(optimizer)
    assert copy(tf.constant(0)) == tf.constant(RATE, "float64")


def test_a_window_of_the_critic_counts_steps(digits):
    hparams = hyperparameters.make("wgan", {
        "n_critic": 3, "batch_size": 8, "schedule": "plateau", "decay_steps": 4})
    program = wgan.program(hparams, "float32")
    batches = Batches(digits, hparams)
    watching = {update.loss: update.plateau for phase in program.phases
                for update in phase.updates}
    for step, counts in ((1, (1, 3)), (2, (2, 6)), (3, (3, 9)), (4, (0, 0))):
        run_step(program, batches(1, step))
        assert (int(watching["generator"].losses.numpy()),
                int(watching["discriminator"].losses.numpy())) == counts


@pytest.mark.parametrize("stock", [False, True])
def test_any_optimizer_can_follow_it(stock):
    watching = Plateau(0.5, 1, 0.5, 1)
    hparams = hyperparameters.make("vae", {"optimizer": "sgd", "learning_rate": 0.5})
    optimizer = optimizers.make(hparams.optimizer, watching, "optimizer", stock)
    assert not isinstance(hparams.schedule, schedules.Plateau)
    variable = keras.Variable(10.0)
    optimizer.build([variable])
    watching.build(optimizer)
    for loss, expected in ((1.0, 9.5), (2.0, 9.0), (0.5, 8.75)):
        optimizer.apply([tf.constant(1.0)], [variable])
        watching.observe(loss)
        assert variable.numpy() == expected
