"""Tests of groundwork.help_text."""

import re

from absl.testing import flagsaver
import pytest

from groundwork import flags
from groundwork import help_text


@pytest.fixture(name="text")
def fixture_text():
    with flagsaver.flagsaver():  # removes at its end what was defined inside
        flags.define_training_flags()
        yield list(help_text.lines("wing.train", "Trains."))


def test_flags_stand_in_groups(text):
    assert [line for line in text if line.endswith(":") and not line.startswith(" ")] == [
        "model:", "optimiser:", "schedule:", "training options:", "data:", "run:", "output:",
        "help:"]
    assert text.index("optimiser:") < text.index(
        "  --beta1: decay of Adam's first moment; a number from 0 up to, not including, 1")
    assert max(map(len, text)) <= 100


def defaults(text, flag):
    """`{model or kind: default}` of a flag, as its line tells them."""
    start = next(i for i, line in enumerate(text) if line.startswith("  --{}:".format(flag)))
    stop = next(i for i, line in enumerate(text[start + 1:], start + 1)
                if not line.startswith("      "))
    told = " ".join(line.strip() for line in text[start:stop]).split("default: ")[1]
    return {name: value for value, names in re.findall(r"(\S+) \(([^)]*)\)", told)
            for name in names.split(", ")} or told


@pytest.mark.parametrize("flag,expected", [
    ("latent_size", {"vae": "20"}),
    ("n_critic", {"wgan": "5"}),
    ("weight_clip", {"dense_gan": "1.0", "wgan": "0.01"}),
    ("optimizer", {"mlp_gan": "adam", "vae": "adam", "bgd_gan": "sgd", "wgan": "rmsprop"}),
    ("initial_accumulator", {"adagrad": "0.1"}),
    ("patience", {"plateau": "2"}),
    ("beta1", {"mlp_gan": "0.5", "dcgan": "0.5", "adam_d0": "0.5", "vae": "0.9", "adam": "0.9"}),
    ("batch_size", {"mlp_gan": "64", "bgd_gan": "full", "dense_gan": "128", "dcgan": "32"}),
])
def test_defaults_are_told_by_model_or_kind(text, flag, expected):
    found = defaults(text, flag)
    assert {name: found[name] for name in expected} == expected
    assert "mlp_gan" not in found or "mlp_gan" in expected


@pytest.mark.parametrize("flag,value", [("schedule", "constant"), ("gradient_clip_norm", "none")])
def test_a_default_that_every_model_has_is_told_once(text, flag, value):
    assert defaults(text, flag) == value


def test_plain_defaults_stand_behind_the_flag(text):
    assert any(line.endswith("(default: digits)") for line in text)
    assert not any("default: False" in line or "(default: )" in line for line in text)
