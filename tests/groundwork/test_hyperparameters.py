"""Tests of groundwork.hyperparameters."""

import dataclasses
import itertools
import json

import pytest

from groundwork import hyperparameters
from groundwork import optimizers
from groundwork.errors import UsageError

ADAM = {"optimizer": "adam", "learning_rate": 0.0002, "beta1": 0.5, "beta2": 0.999,
        "epsilon": 1e-08}


def refusal(model, values):
    with pytest.raises(UsageError) as caught:
        hyperparameters.make(model, values)
    return str(caught.value)


@pytest.mark.parametrize("model,expected", [
    ("mlp_gan", dict(ADAM, model="mlp_gan", variant="corrected", phases="simultaneous",
                     batch_size=64, noise_size=100)),
    ("vae", dict(ADAM, model="vae", variant="corrected", batch_size=64, latent_size=20,
                 learning_rate=0.001, beta1=0.9)),
    ("bgd_gan", {"model": "bgd_gan", "variant": "corrected", "phases": "alternating",
                 "batch_size": None, "noise_size": 100, "optimizer": "sgd", "learning_rate": 0.01}),
])
def test_defaults_are_those_of_the_documents(model, expected):
    assert hyperparameters.to_dict(hyperparameters.make(model, {})) == expected


def test_given_values_replace_the_defaults():
    hparams = hyperparameters.make("mlp_gan", {
        "phases": "alternating", "noise_size": 7, "learning_rate": 0.25, "beta2": 0.5})
    assert hyperparameters.to_dict(hparams) == dict(
        ADAM, model="mlp_gan", variant="corrected", phases="alternating", batch_size=64,
        noise_size=7, learning_rate=0.25, beta2=0.5)


def test_another_optimizer_comes_with_its_own_numbers():
    hparams = hyperparameters.make("mlp_gan", {"optimizer": "rmsprop", "epsilon": 1e-3})
    assert hparams.optimizer == optimizers.RmsProp(
        learning_rate=0.001, decay=0.9, momentum=0.0, epsilon=1e-3)


def test_naming_the_default_optimizer_keeps_the_models_numbers():
    assert (hyperparameters.make("mlp_gan", {"optimizer": "adam"})
            == hyperparameters.make("mlp_gan", {}))


def test_as_written_bgd_gan_draws_mini_batches_unless_told():
    def batch_size(**values):
        return hyperparameters.make("bgd_gan", values).batch_size

    assert batch_size() is None
    assert batch_size(variant="as_written") == 64
    assert batch_size(variant="as_written", batch_size=5) == 5
    assert batch_size(variant="as_written", batch_size=None) is None


def test_make_leaves_its_argument_alone():
    values = {"optimizer": "sgd", "learning_rate": 0.5, "variant": "as_written"}
    hyperparameters.make("bgd_gan", values)
    assert values == {"optimizer": "sgd", "learning_rate": 0.5, "variant": "as_written"}


@pytest.mark.parametrize("model,values,line", [
    ("vae", {"noise_size": 50},
     "--noise_size: --model=vae does not use it; expected one of --variant, --batch_size, "
     "--latent_size, --optimizer, received 50"),
    ("vae", {"phases": "alternating"},
     "--phases: --model=vae does not use it; expected one of --variant, --batch_size, "
     "--latent_size, --optimizer, received alternating"),
    ("mlp_gan", {"latent_size": 3},
     "--latent_size: --model=mlp_gan does not use it; expected one of --variant, --phases, "
     "--batch_size, --noise_size, --optimizer, received 3"),
    ("mlp_gan", {"optimizer": "sgd", "beta1": 0.5},
     "--beta1: --optimizer=sgd does not use it; expected one of --learning_rate, received 0.5"),
    ("bgd_gan", {"momentum": 0.5},
     "--momentum: --optimizer=sgd does not use it; expected one of --learning_rate, received 0.5"),
    ("vae", {"optimizer": "adagrad", "decay": 0.25},
     "--decay: --optimizer=adagrad does not use it; expected one of --learning_rate, "
     "--initial_accumulator, received 0.25"),
])
def test_flag_that_is_not_used_is_refused(model, values, line):
    assert refusal(model, values) == line


@pytest.mark.parametrize("model,optimizer", itertools.product(
    hyperparameters.MODELS, optimizers.OPTIMIZERS))
def test_round_trip_through_json(model, optimizer):
    values = {"variant": "as_written", "optimizer": optimizer, "learning_rate": 0.1 + 0.2,
              "batch_size": None}
    hparams = hyperparameters.make(model, values)
    text = json.dumps(hyperparameters.to_dict(hparams), allow_nan=False)
    restored = hyperparameters.from_dict(json.loads(text))
    assert restored == hparams
    assert type(restored) is type(hparams)
    assert restored.batch_size is None
    assert restored.optimizer.learning_rate == 0.30000000000000004
    assert hyperparameters.name_of(restored) == model


def test_from_dict_leaves_other_keys_alone():
    hparams = hyperparameters.make("vae", {"latent_size": 3})
    values = dict(hyperparameters.to_dict(hparams), wing="legacy", seed=1, noise_size=9)
    before = dict(values)
    assert hyperparameters.from_dict(values) == hparams
    assert values == before


@pytest.mark.parametrize("model", hyperparameters.MODELS)
def test_hyperparameters_cannot_change(model):
    with pytest.raises(dataclasses.FrozenInstanceError):
        hyperparameters.make(model, {}).batch_size = 1


@pytest.mark.parametrize("model,values,phases", [
    ("mlp_gan", {}, {"joint": {"noise": (100,), "images": (28, 28)}}),
    ("mlp_gan", {"variant": "as_written", "noise_size": 7}, {"joint": {"noise": (7,)}}),
    ("mlp_gan", {"phases": "alternating"},
     {"generator": {"noise": (100,)}, "discriminator": {"noise": (100,), "images": (28, 28)}}),
    ("bgd_gan", {},
     {"generator": {"noise": (100,)}, "discriminator": {"noise": (100,), "images": (28, 28)}}),
    ("bgd_gan", {"variant": "as_written"},
     {"generator": {"noise": (100,)}, "discriminator": {"noise": (100,)}}),
    ("vae", {"latent_size": 3}, {"vae": {"images": (784,), "epsilon": (3,)}}),
])
def test_phases_are_fed_in_the_order_of_their_updates(model, values, phases):
    declared = hyperparameters.make(model, values).phase_inputs()
    assert declared == phases
    assert list(declared) == list(phases)


@pytest.mark.parametrize("model,values,width", [
    ("mlp_gan", {"noise_size": 7}, 7), ("bgd_gan", {}, 100), ("vae", {"latent_size": 3}, 3)])
def test_images_are_sampled_from_noise(model, values, width):
    assert hyperparameters.make(model, values).sample_inputs() == {"noise": (width,)}


def test_every_number_of_every_optimizer_is_a_flag():
    assert list(hyperparameters.optimizer_flags()) == [
        "learning_rate", "momentum", "beta1", "beta2", "epsilon", "decay", "initial_accumulator"]
    assert hyperparameters.optimizer_flags()["learning_rate"] == "step size"
