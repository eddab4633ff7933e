"""The wings are twins: from one seed and the same batches they train bit for bit alike.

In parity mode: no oneDNN (tests/conftest.py), graph optimiser off on both sides.
"""

import numpy as np
import pytest

from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data import lines
from groundwork.data import sine_waves
from groundwork.data.batches import Batches, of_digits
from tests.support import models
from tests.twins import assert_trained_alike, STEPS, train_legacy, train_modern

pytestmark = pytest.mark.usefixtures("graph_optimizer_off")

WGAN_CASES = [("wgan", {"n_critic": 1, "gradient_penalty": penalty}) for penalty in (0.0, 10.0)]
OPTIMIZER_CASES = [("mlp_gan", {"optimizer": name}) for name in (
    "momentum", "rmsprop", "adagrad", "adam_d0", "adam_d3", "rmsprop_d3")]
SCHEDULE_CASES = [("mlp_gan", {"optimizer": "momentum", "schedule": name, "decay_steps": 6})
                  for name in ("linear", "exponential", "step")]
# A schedule counts steps, of which each holds two updates of the critic.
SCHEDULE_CASES += [("wgan", {"optimizer": "momentum", "learning_rate": 1e-4, "schedule": name,
                             "decay_steps": 6, "n_critic": 2}) for name in ("linear", "step")]
PLATEAU_CASES = [(model, {"schedule": "plateau", "decay_steps": 2, "patience": 1})
                 for model in ("mlp_gan", "vae", "wgan")]
PLATEAU_CASES.append(("vae", dict(PLATEAU_CASES[1][1], accumulate_steps=2)))
SMOOTHING_CASES = [(model, {"label_smoothing": 0.1})
                   for model in ("mlp_gan", "bgd_gan", "dense_gan")]
DCGAN_CASES = [("dcgan", flags) for flags in (
    {"label_smoothing": 0.1}, {"phases": "alternating", "dropout": 0.0},
    {"generator_loss": "gat"}, {"architecture": "d2"})]
EXAMPLES = [(example.model, example.flags) for example in models.ALL.values()]
CHEAP = [(example.model, example.flags) for example in models.CHEAP]
CASES = CHEAP + WGAN_CASES + OPTIMIZER_CASES + SCHEDULE_CASES + PLATEAU_CASES + SMOOTHING_CASES
CONVOLUTIONAL_CASES = [case for case in EXAMPLES if case not in CHEAP] + DCGAN_CASES
# What every test run tries beside the first example of each model: phases, a penalty, smoothed
# labels. Optimisers, schedules and options it tries on the smallest model (test_matrix).
QUICK = [("mlp_gan", {"variant": "corrected", "phases": "alternating"}), WGAN_CASES[1],
         SMOOTHING_CASES[0]]
# Of the models with convolutions: what is moved beside the weights; the last has nothing.
STATE = {"dcgan": "/moving_variance", "wgan": "/moving_variance", "cycle_gan": "pool_a/images",
         "multimodal_gan": "", "attention_gan": "/u", "conditional_gan": "/moving_variance"}
FIRST = dict(reversed(EXAMPLES))
# Slow. Every test run trains the recurrent one on shorter sequences, below; the layers of the other
# are cycle_gan's.
ELSEWHERE = ("recurrent_gan", "multimodal_gan")
# Quick in float64, too, in which every test run holds a case of each model to its golden file.
FLOAT64 = ("mlp_gan", "vae")


def _parameters(cases):
    """(model, flags, dtype) of cases, with their marks."""
    for model, flags in cases:
        for dtype in ("float32", "float64"):
            first = FIRST[model] == flags and model not in ELSEWHERE
            is_quick = (first and (dtype == "float32" or model in FLOAT64)
                        or dtype == "float32" and (model, flags) in QUICK)
            yield pytest.param(model, flags, dtype, marks=() if is_quick else pytest.mark.slow,
                               id="-".join([model, *map(str, flags.values()), dtype]))


@pytest.mark.parametrize("model,flags,dtype", _parameters(CASES))
def test_both_wings_train_bit_for_bit_alike(model, flags, dtype, data_of):
    hparams = hyperparameters.make(model, dict(flags, batch_size=32))
    batches = Batches(data_of(model), hparams, dtype)
    reference = train_legacy(model, hparams, batches, dtype)
    ours = train_modern(model, hparams, batches, dtype)

    assert_trained_alike(ours, reference)


@pytest.mark.parametrize("model,flags,dtype", _parameters(CONVOLUTIONAL_CASES))
def test_both_wings_train_convolutions_bit_for_bit_alike(model, flags, dtype):
    hparams = hyperparameters.make(model, dict(flags, batch_size=4))
    batches = of_digits(hparams, dtype)
    reference = train_legacy(model, hparams, batches, dtype, steps=3)
    ours = train_modern(model, hparams, batches, dtype, steps=3)

    assert_trained_alike(ours, reference)
    assert any(name.endswith(STATE[model]) for name in ours.variables)


@pytest.mark.parametrize("sequence", ["sines", pytest.param("text", marks=pytest.mark.slow)])
def test_both_wings_train_curves_and_text_bit_for_bit_alike(sequence):
    hparams = hyperparameters.make("recurrent_gan", {
        "batch_size": 8, "sequence": sequence, "phases": "simultaneous"})
    written = lines.encode(["the cat", "a dog ran", "birds", "fish swim"] * 4, 16, hparams.alphabet
                           ) if hparams.alphabet else sine_waves.draw(1, 16)
    data = datasets.Dataset("drawn", written, None, "", 0)
    batches = Batches(data, hparams, "float32")
    reference = train_legacy("recurrent_gan", hparams, batches, "float32", steps=3)
    ours = train_modern("recurrent_gan", hparams, batches, "float32", steps=3)

    assert_trained_alike(ours, reference)


def test_training_moves_every_weight_and_fills_every_slot(digits):
    hparams = hyperparameters.make("mlp_gan", {"batch_size": 32})
    trained = train_modern("mlp_gan", hparams, Batches(digits, hparams), "float32")
    assert len(trained.losses) == STEPS
    assert len(trained.variables) == 16
    assert len(trained.slots) == 2 * 16 + 4
    for name, value in dict(trained.variables, **trained.slots).items():
        assert np.any(value != 0), name
    first, last = trained.losses[0], trained.losses[-1]
    assert all(first[name] != last[name] for name in first)


def test_one_seed_another_training(digits):
    hparams = hyperparameters.make("vae", {"batch_size": 32})
    batches = Batches(digits, hparams)
    one = train_legacy("vae", hparams, batches, "float32")
    other = train_modern(
        "vae", hparams, lambda seed, step: batches(seed + 1, step), "float32")
    assert other.losses[0]["vae:vae"] != one.losses[0]["vae:vae"]
