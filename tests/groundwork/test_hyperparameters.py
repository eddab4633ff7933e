"""Tests of groundwork.hyperparameters."""

import dataclasses
import itertools
import json
import re

import pytest

from groundwork import fields
from groundwork import hyperparameters
from groundwork import models
from groundwork import optimizers
from groundwork import schedules
from groundwork.errors import UsageError

ADAM = {"optimizer": "adam", "learning_rate": 0.0002, "beta1": 0.5, "beta2": 0.999,
        "epsilon": 1e-08, "schedule": "constant"}

OPTIONS = {"l1": 0.0, "l2": 0.0, "gradient_clip_norm": None, "gradient_clip_value": None,
         "accumulate_steps": 1, "freeze": "", "ema_decay": 0.0}


def refusal(model, values):
    with pytest.raises(UsageError) as caught:
        hyperparameters.make(model, values)
    return str(caught.value)


@pytest.mark.parametrize("model,expected", [
    ("mlp_gan", dict(ADAM, model="mlp_gan", variant="corrected", phases="simultaneous",
                     batch_size=64, noise_size=100, label_smoothing=0.0)),
    ("vae", dict(ADAM, model="vae", variant="corrected", batch_size=64, latent_size=20,
                 learning_rate=0.001, beta1=0.9)),
    ("bgd_gan", {"model": "bgd_gan", "variant": "corrected", "phases": "alternating",
                 "batch_size": None, "noise_size": 100, "label_smoothing": 0.0, "optimizer": "sgd",
                 "learning_rate": 0.01, "schedule": "constant"}),
    ("dense_gan", {"model": "dense_gan", "variant": "corrected", "phases": "simultaneous",
                   "batch_size": 128, "noise_size": 100, "label_smoothing": 0.0,
                   "weight_clip": 1.0, "optimizer": "sgd",
                   "learning_rate": 0.05, "schedule": "constant"}),
    ("wgan", {"model": "wgan", "networks": "mlp", "batch_size": 64, "noise_size": 100,
              "n_critic": 5,
              "weight_clip": 0.01, "gradient_penalty": 0.0, "optimizer": "rmsprop",
              "learning_rate": 5e-5, "decay": 0.9, "momentum": 0.0, "epsilon": 1e-10,
              "schedule": "constant"}),
    ("dcgan", dict(ADAM, model="dcgan", phases="simultaneous", batch_size=32, noise_size=100,
                   dropout=0.3, label_smoothing=0.0, architecture="d0", generator_loss="standard",
                   epsilon=1e-7)),
])
def test_defaults_are_those_of_the_documents(model, expected):
    assert hyperparameters.to_dict(hyperparameters.make(model, {})) == dict(expected, **OPTIONS)


def test_given_values_replace_the_defaults():
    hparams = hyperparameters.make("mlp_gan", {
        "phases": "alternating", "noise_size": 7, "learning_rate": 0.25, "beta2": 0.5})
    assert hyperparameters.to_dict(hparams) == dict(
        ADAM, model="mlp_gan", variant="corrected", phases="alternating", batch_size=64,
        noise_size=7, label_smoothing=0.0, learning_rate=0.25, beta2=0.5, **OPTIONS)


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


def test_as_written_dense_gan_is_trained_by_the_adam_of_its_code_without_clipping():
    written = hyperparameters.make("dense_gan", {"variant": "as_written"})
    assert written.optimizer == optimizers.Adam(
        learning_rate=0.0002, beta1=0.5, beta2=0.999, epsilon=1e-7)
    assert written.weight_clip is None
    given = hyperparameters.make("dense_gan", {"variant": "as_written", "weight_clip": 0.5,
                                               "learning_rate": 0.25})
    assert (given.weight_clip, given.optimizer.learning_rate) == (0.5, 0.25)


def test_a_gradient_penalty_replaces_clipping():
    assert hyperparameters.make("wgan", {}).clip_limit == 0.01
    assert hyperparameters.make("wgan", {"weight_clip": 0.5}).clip_limit == 0.5
    assert hyperparameters.make("wgan", {"gradient_penalty": 10.0}).clip_limit is None


def test_make_leaves_its_argument_alone():
    values = {"optimizer": "sgd", "learning_rate": 0.5, "variant": "as_written"}
    hyperparameters.make("bgd_gan", values)
    assert values == {"optimizer": "sgd", "learning_rate": 0.5, "variant": "as_written"}


@pytest.mark.parametrize("model,values,flag,kinds,users", [
    ("vae", {"noise_size": 50}, "model", models.MODELS, {"mlp_gan", "wgan", "dcgan"}),
    ("vae", {"phases": "alternating"}, "model", models.MODELS, {"mlp_gan", "bgd_gan"}),
    ("mlp_gan", {"latent_size": 3}, "model", models.MODELS, {"vae"}),
    ("mlp_gan", {"weight_clip": 0.5}, "model", models.MODELS, {"dense_gan", "wgan"}),
    ("wgan", {"variant": "as_written"}, "model", models.MODELS, {"mlp_gan", "vae"}),
    ("dense_gan", {"n_critic": 3}, "model", models.MODELS, {"wgan"}),
    ("dcgan", {"variant": "corrected"}, "model", models.MODELS, {"mlp_gan", "vae"}),
    ("vae", {"label_smoothing": 0.1}, "model", models.MODELS, {"mlp_gan", "dcgan"}),
    ("mlp_gan", {"optimizer": "sgd", "beta1": 0.5}, "optimizer", optimizers.OPTIMIZERS,
     {"adam", "adam_d0", "adam_d3"}),
    ("bgd_gan", {"momentum": 0.5}, "optimizer", optimizers.OPTIMIZERS, {"momentum", "rmsprop"}),
    ("vae", {"optimizer": "adagrad", "decay": 0.25}, "optimizer", optimizers.OPTIMIZERS,
     {"rmsprop", "rmsprop_d3"}),
    ("vae", {"decay_steps": 5}, "schedule", schedules.SCHEDULES, {"linear", "plateau"}),
    ("vae", {"schedule": "step", "patience": 3}, "schedule", schedules.SCHEDULES, {"plateau"}),
])
def test_a_flag_that_is_not_used_is_refused_and_its_users_are_named(
        model, values, flag, kinds, users):
    name = list(values)[-1]
    said = re.match("--{}: --{}=([a-z_]+) does not use it, (.*) do(es)?; expected ".format(
        name, flag), refusal(model, values))
    found = said.group(2).split(", ")
    assert users <= set(found) and said.group(1) not in found
    assert (said.group(3) == "es") == (len(found) == 1)
    assert found == [each for each, kind in kinds.items()
                     if name in {field.name for field in dataclasses.fields(kind)}]


@pytest.mark.parametrize("model,values,line", [
    ("mlp_gan", {"latent_size": 3},
     "--latent_size: --model=mlp_gan does not use it, vae, multimodal_gan do; expected one of "
     "--variant, --phases, --batch_size, --noise_size, --label_smoothing, --optimizer, --schedule, "
     "received 3"),
    ("vae", {"nobody": 1},
     "--nobody: --model=vae does not use it; expected one of --variant, --batch_size, "
     "--latent_size, --optimizer, --schedule, received 1"),
    ("vae", {"optimizer": "adagrad", "decay": 0.25},
     "--decay: --optimizer=adagrad does not use it, rmsprop, rmsprop_d3 do; expected one of "
     "--learning_rate, --initial_accumulator, received 0.25"),
    ("vae", {"decay_steps": 5},
     "--decay_steps: --schedule=constant does not use it, linear, exponential, step, plateau do; "
     "expected no number, received 5"),
])
def test_flag_that_is_not_used_is_refused(model, values, line):
    assert refusal(model, values) == line


@pytest.mark.parametrize("model", ["mlp_gan", "bgd_gan", "dense_gan"])
def test_the_documents_own_losses_know_no_smoothed_labels(model):
    assert refusal(model, {"variant": "as_written", "label_smoothing": 0.1}) == (
        "--label_smoothing=0.1: expected none with --variant=as_written, whose losses are the "
        "document's")
    assert hyperparameters.make(model, {"label_smoothing": 0.1}).label_smoothing == 0.1
    hyperparameters.make(model, {"variant": "as_written", "label_smoothing": 0.0})


def test_labels_that_are_classes_cannot_be_smoothed():
    assert refusal("dcgan", {"architecture": "d2", "label_smoothing": 0.25}) == (
        "--label_smoothing=0.25: expected none with --architecture=d2, whose labels are classes")
    assert hyperparameters.make("dcgan", {"label_smoothing": 0.25}).label_smoothing == 0.25


@pytest.mark.parametrize("model,optimizer", itertools.product(
    models.MODELS, optimizers.OPTIMIZERS))
def test_round_trip_through_json(model, optimizer):
    values = {"optimizer": optimizer, "learning_rate": 0.1 + 0.2, "batch_size": None}
    if "variant" in fields.declared(models.MODELS[model]):
        values["variant"] = "as_written"
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


@pytest.mark.parametrize("model", models.MODELS)
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
    ("dense_gan", {}, {"joint": {"noise": (100,), "images": (1,)}}),
    ("dense_gan", {"variant": "as_written", "phases": "alternating"},
     {"generator": {"noise": (100,)}, "discriminator": {"noise": (100,), "images": (1,)}}),
    ("wgan", {"n_critic": 1, "noise_size": 7},
     {"discriminator": {"noise": (7,), "images": (28, 28)}, "generator": {"noise": (7,)}}),
    ("wgan", {"n_critic": 1, "gradient_penalty": 10.0},
     {"discriminator": {"noise": (100,), "images": (28, 28), "mixing": (1,)},
      "generator": {"noise": (100,)}}),
    ("vae", {"latent_size": 3}, {"vae": {"images": (784,), "epsilon": (3,)}}),
    ("dcgan", {}, {"joint": {"noise": (100,), "images": (64, 64, 3), "mask_seed": (2,)}}),
    ("dcgan", {"phases": "alternating"},
     {"generator": {"noise": (100,), "mask_seed": (2,)},
      "discriminator": {"noise": (100,), "images": (64, 64, 3), "mask_seed": (2,)}}),
])
def test_phases_are_fed_in_the_order_of_their_updates(model, values, phases):
    declared = hyperparameters.make(model, values).phase_inputs()
    assert declared == phases
    assert list(declared) == list(phases)


@pytest.mark.parametrize("model,values,width", [
    ("mlp_gan", {"noise_size": 7}, 7), ("bgd_gan", {}, 100), ("vae", {"latent_size": 3}, 3),
    ("dense_gan", {"noise_size": 7}, 7), ("wgan", {"noise_size": 7}, 7),
    ("dcgan", {"noise_size": 7}, 7)])
def test_images_are_sampled_from_noise(model, values, width):
    assert hyperparameters.make(model, values).sample_inputs() == {"noise": (width,)}


@pytest.mark.parametrize("values,decay_steps", [
    ({"schedule": "linear"}, 700),
    ({"schedule": "linear", "decay_steps": 30}, 30),
    ({"schedule": "step"}, 1000),
])
def test_a_linear_schedule_without_end_ends_with_the_run(values, decay_steps):
    hparams = hyperparameters.of_run(hyperparameters.make("vae", values), train_steps=700)
    assert hparams.schedule.decay_steps == decay_steps
    assert hyperparameters.from_dict(hyperparameters.to_dict(hparams)) == hparams
