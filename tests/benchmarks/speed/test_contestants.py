"""What the contestants' processes train on, and how a wing is made to wait."""

import itertools

import keras
import numpy as np
import pytest

from benchmarks.speed import keras_fit
from benchmarks.speed import settings
from benchmarks.speed import wings
from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data.batches import of_digits


class FakeTrainer:
    def steps(self, batch_of, step, stop):
        return batch_of, step, stop

    def save(self, folder, step):
        return "saved", folder, step


class FakePace:
    def __init__(self):
        self.turns = []

    def turn(self, done):
        self.turns.append(done)


def test_a_wing_waits_before_its_steps_and_only_there():
    pace = FakePace()
    paced = wings.Paced(FakeTrainer(), pace)
    assert paced.steps(len, 50, 100) == (len, 50, 100)
    assert paced.save("folder", 7) == ("saved", "folder", 7)
    assert pace.turns == [50]


def test_nothing_is_written_while_steps_are_measured():
    config = wings.RUN_CONFIG
    assert min(config.intervals()) > 10 ** 6 and config.train_steps > 10 ** 6


def test_settings_of_the_whole_data_set():
    made = settings.of("bgd_gan", None)
    assert made["batch_size"] == made["images"] == len(datasets.load("digits", (28, 28)).images)
    assert made["hparams"]["batch_size"] is None
    assert settings.of("vae", 32)["batch_size"] == 32


@pytest.mark.parametrize("model", [
    "mlp_gan", "vae", "bgd_gan", "dense_gan", "wgan", "dcgan", "conditional_gan", "info_gan",
    "recurrent_gan", "attention_gan"])
def test_fit_is_fed_inputs_of_the_shapes_that_training_has(model):
    hparams = hyperparameters.make(model, {"batch_size": 8})
    digits = datasets.load("digits", hparams.image_shape)
    arrays = {"images": datasets.scaled(digits.images[:20]),
              "labels": keras.utils.to_categorical(digits.labels[:20], 10).astype("float32")}
    first, second = itertools.islice(
        keras_fit.batches(arrays, hparams.batch_inputs(), 8).as_numpy_iterator(), 2)
    expected = of_digits(hparams)(1, 1)
    assert {key: (values.shape, values.dtype) for key, values in first.items()} == {
        key: (values.shape, values.dtype) for key, values in expected.items()}
    assert not any(np.array_equal(first[key], second[key]) for key in first)


def test_draws_have_the_distributions_of_their_names():
    assert set(np.unique(keras_fit.draw("classes", (10,), 500))) == {0.0, 1.0}
    assert (np.sum(keras_fit.draw("classes", (10,), 500), axis=1) == 1).all()
    codes, mixing, noise = (keras_fit.draw(name, (2,), 500).numpy()
                            for name in ("codes", "mixing", "noise"))
    assert -1 <= codes.min() < -0.9 and 0.9 < codes.max() < 1
    assert 0 <= mixing.min() < 0.1 and 0.9 < mixing.max() < 1
    assert abs(noise.mean()) < 0.2 and 0.8 < noise.std() < 1.2
