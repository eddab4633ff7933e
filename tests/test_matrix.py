"""Every optimiser with every schedule and every training option: the wings stay bit for bit alike.

On the smallest model, with batches of eight, in parity mode as in test_twins.
"""

import functools
import itertools

import numpy as np
import pytest
import tensorflow as tf

from groundwork import hyperparameters
from groundwork import optimizers
from groundwork import schedules
from groundwork.data import datasets
from groundwork.data.batches import Batches
from tests.twins import assert_trained_alike, train_legacy, train_modern

STEPS = 30

# Numbers with which each of them changes the course of 30 steps.
SCHEDULES = {
    "constant": {},
    "linear": {"decay_steps": 25},
    "exponential": {"decay_steps": 7, "decay_rate": 0.8},
    "step": {"decay_steps": 7, "decay_rate": 0.5},
    "plateau": {"decay_steps": 3, "decay_rate": 0.5, "patience": 1},
}
OPTIONS = {
    "plain": {},
    "clip": {"gradient_clip_norm": 0.3, "gradient_clip_value": 0.1},
    "accumulate": {"accumulate_steps": 2},
    "penalties": {"l1": 1e-3, "l2": 1e-2},
    "average": {"ema_decay": 0.9},
}
CASES = list(itertools.product(optimizers.OPTIMIZERS, SCHEDULES, OPTIONS))


def _is_quick(case, dtype):
    """True where every test run tries a case: of both precisions each optimiser, schedule, option,
    in other pairs. The others are by the whole suite.
    """
    numbers = [list(names).index(name) for names, name in zip(
        (optimizers.OPTIMIZERS, SCHEDULES, OPTIONS), case)]
    optimizer, schedule, _ = numbers
    return sum(numbers) % 5 == 0 and optimizer % 5 == (schedule + (dtype == "float32")) % 5


def _parameters():
    for dtype, case in itertools.product(("float32", "float64"), CASES):
        slow = [] if _is_quick(case, dtype) else [pytest.mark.slow]
        yield pytest.param(*case, dtype, marks=slow, id="-".join((*case, dtype)))


def _hparams(optimizer, schedule, option):
    return hyperparameters.make("dense_gan", dict(
        SCHEDULES[schedule], **OPTIONS[option], optimizer=optimizer, schedule=schedule,
        learning_rate=0.01, batch_size=8))


@pytest.fixture(name="batches_of", scope="module")
def fixture_batches_of():
    """Function of (accumulate_steps, dtype): the batches, drawn once for all cases."""
    numbers = datasets.load("digits", ())

    @functools.lru_cache(maxsize=None)
    def batches_of(accumulate_steps, dtype):
        hparams = hyperparameters.make(
            "dense_gan", {"batch_size": 8, "accumulate_steps": accumulate_steps})
        return functools.lru_cache(maxsize=None)(Batches(numbers, hparams, dtype))

    return batches_of


@pytest.fixture(scope="module", autouse=True)
def graph_optimizer_off():
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    yield
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


def test_the_matrix_is_whole():
    assert sorted(SCHEDULES) == sorted(schedules.SCHEDULES)
    assert len(CASES) == 8 * 5 * 5
    for dtype in ("float32", "float64"):
        quick = [case for case in CASES if _is_quick(case, dtype)]
        assert len(quick) == 8
        assert [{*names} for names in zip(*quick)] == [
            {*optimizers.OPTIMIZERS}, {*SCHEDULES}, {*OPTIONS}]


def _assert_averages_near(ours, reference):
    """Takes the averages out: in float64, too, tf.train rounds their decay to float32.

    That is 2.4e-7 of the way from an average to its weight.
    """
    names = [name for name in reference.slots if name.endswith("/average")]
    assert names
    for name in names:
        np.testing.assert_allclose(
            ours.slots.pop(name), reference.slots.pop(name), rtol=0, atol=1e-7)


@pytest.mark.parametrize("optimizer,schedule,option,dtype", list(_parameters()))
def test_both_wings_train_bit_for_bit_alike(optimizer, schedule, option, dtype, batches_of):
    hparams = _hparams(optimizer, schedule, option)
    batches = batches_of(hparams.options.accumulate_steps, dtype)
    reference = train_legacy("dense_gan", hparams, batches, dtype, STEPS)
    ours = train_modern("dense_gan", hparams, batches, dtype, STEPS)
    assert ("generator/hidden/kernel/average" in ours.slots) == (option == "average")
    if option == "average" and dtype == "float64":
        _assert_averages_near(ours, reference)
    assert_trained_alike(ours, reference)


@pytest.fixture(name="trained", scope="module")
def fixture_trained(batches_of):
    """Function (schedule, option): what the modern wing trained, once each."""
    @functools.lru_cache(maxsize=None)
    def trained(*case):
        hparams = _hparams("adam", *case)
        batches = batches_of(hparams.options.accumulate_steps, "float32")
        return train_modern("dense_gan", hparams, batches, "float32", STEPS)

    return trained


@pytest.mark.parametrize("schedule,option", [(name, "plain") for name in list(SCHEDULES)[1:]]
                         + [("constant", name) for name in list(OPTIONS)[1:]])
def test_every_schedule_and_every_option_matters_here(schedule, option, trained):
    plain, other = trained("constant", "plain"), trained(schedule, option)
    name = "generator/hidden/kernel"
    if option == "average":
        plain = plain.variables[name]
        np.testing.assert_array_equal(other.variables[name], plain)
        other = other.slots[name + "/average"]
    else:
        plain, other = plain.variables[name], other.variables[name]
    assert np.any(other != plain)
