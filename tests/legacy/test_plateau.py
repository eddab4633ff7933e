"""legacy.plateau against the rule in NumPy: the same rate at every update, bit for bit."""

from legacy import plateau  # before TensorFlow: sets how it is found
import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork.data.batches import Batches
from legacy import training
from legacy.models import mlp_gan, wgan
from tests import plateau_reference as reference

RATE = 0.02


def observed_rates(losses, dtype, window, decay_rate, patience):
    """The learning rate before each loss is observed, and after the last."""
    with tf.Graph().as_default():
        watching = plateau.Plateau("vae", window, decay_rate, patience, dtype)
        rate = watching(np.dtype(dtype).type(RATE))
        loss = tf.placeholder(dtype, [])
        observe = watching.observe(loss)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            found = []
            for value in losses:
                found.append(session.run(rate))
                session.run(observe, {loss: value})
            return found + [session.run(rate)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("window,decay_rate,patience", [
    (reference.WINDOW, reference.DECAY_RATE, reference.PATIENCE), (1, 0.5, 1), (5, 0.9, 1)])
def test_the_rate_is_that_of_the_rule_at_every_update(window, decay_rate, patience, dtype):
    expected, decays = reference.rates(
        reference.LOSSES, RATE, window, decay_rate, patience, dtype)
    assert decays >= 1
    found = observed_rates(reference.LOSSES, dtype, window, decay_rate, patience)
    assert found[0].dtype == np.dtype(dtype)
    np.testing.assert_array_equal(found, expected)


def test_the_rule_decays_where_it_is_said_to():
    found, decays = reference.rates(
        reference.LOSSES, 1.0, reference.WINDOW, 0.5, reference.PATIENCE, "float64")
    assert decays == 2
    assert found == [1.0] * 12 + [0.5] * 9 + [0.25] * 12


@pytest.mark.parametrize("model,values,windows", [
    (mlp_gan, {}, {"generator": 4, "discriminator": 4}),
    (wgan, {"n_critic": 3, "batch_size": 8}, {"generator": 4, "discriminator": 12})])
def test_every_update_sees_its_own_loss_and_a_window_counts_steps(model, values, windows, digits):
    name = model.__name__.rsplit(".", 1)[-1]
    hparams = hyperparameters.make(name, dict(values, schedule="plateau", decay_steps=4))
    batches = Batches(digits, hparams)
    with tf.Graph().as_default(), tf.Session() as session:
        program = model.program(hparams, "float32")
        phases = training.make_phases(program)
        training.initialize(session, 1)
        watching = {update.loss: update.plateau for phase in program.phases
                    for update in phase.updates}
        losses = {loss: [] for loss in windows}
        for step in range(1, 4):
            for phase in phases:
                for feeds, in phase.feeds:
                    feed_dict = {fed: batches(1, step)[key] for key, fed in feeds.items()}
                    seen, _ = session.run([phase.losses, phase.train_op], feed_dict)
                    for loss in set(windows) & set(seen):
                        losses[loss].append(seen[loss])
        for loss, window in windows.items():
            assert session.run(watching[loss].losses) == len(losses[loss]) == window * 3 // 4
            assert session.run(watching[loss].total) == np.cumsum(
                losses[loss], dtype=np.float32)[-1]
            assert session.run(watching[loss].best) == np.finfo(np.float32).max
        training.run_step(session, phases, batches(1, 4))
        for loss in windows:
            assert session.run(watching[loss].losses) == 0
            assert session.run(watching[loss].best) < np.finfo(np.float32).max
