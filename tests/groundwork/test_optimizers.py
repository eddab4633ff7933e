"""Tests of groundwork.optimizers."""

import dataclasses

import pytest

from groundwork import optimizers
from groundwork.fields import name_of


@pytest.mark.parametrize("name,numbers", [
    ("sgd", {"learning_rate": 0.01}),
    ("momentum", {"learning_rate": 0.01, "momentum": 0.9}),
    # What tf.train's constructors of TensorFlow 1.15 have where they have a default.
    ("adam", {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
    ("rmsprop", {"learning_rate": 0.001, "decay": 0.9, "momentum": 0.0, "epsilon": 1e-10}),
    ("adagrad", {"learning_rate": 0.01, "initial_accumulator": 0.1}),
    # D0's code is tf.keras, with its epsilon; D3 leaves the numbers open.
    ("adam_d0", {"learning_rate": 2e-4, "beta1": 0.5, "beta2": 0.999, "epsilon": 1e-7}),
    ("adam_d3", {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999}),
    ("rmsprop_d3", {"learning_rate": 0.001, "decay": 0.9, "epsilon": 1e-10}),
])
def test_defaults(name, numbers):
    assert dataclasses.asdict(optimizers.OPTIMIZERS[name]()) == numbers


def test_the_optimizers_are_there():
    assert list(optimizers.OPTIMIZERS) == [
        "sgd", "momentum", "adam", "rmsprop", "adagrad", *optimizers.DOCUMENT_RULES]


@pytest.mark.parametrize("name", optimizers.OPTIMIZERS)
def test_settings_know_their_name_and_cannot_change(name):
    settings = optimizers.OPTIMIZERS[name](learning_rate=0.5)
    assert name_of(optimizers.OPTIMIZERS, settings) == name
    assert settings.learning_rate == 0.5
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.learning_rate = 0.1


@pytest.mark.parametrize("name", optimizers.OPTIMIZERS)
def test_one_flag_has_one_meaning(name):
    for field in dataclasses.fields(optimizers.OPTIMIZERS[name]):
        meanings = {other.metadata["meaning"] for kind in optimizers.OPTIMIZERS.values()
                    for other in dataclasses.fields(kind) if other.name == field.name}
        assert meanings == {field.metadata["meaning"]}
        assert field.metadata["meaning"]
