"""Tests of groundwork.help_text."""

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


@pytest.mark.parametrize("flag,defaults", [
    ("latent_size", "20 (vae)"),
    ("n_critic", "5 (wgan)"),
    ("weight_clip", "1.0 (dense_gan), 0.01 (wgan)"),
    ("schedule", "constant"),
    ("optimizer", "adam (mlp_gan, vae, dcgan), sgd (bgd_gan, dense_gan), rmsprop (wgan)"),
    ("initial_accumulator", "0.1 (adagrad)"),
    ("patience", "2 (plateau)"),
    ("beta1", "0.5 (mlp_gan, dcgan, adam_d0), 0.9 (vae, adam, adam_d3)"),
    ("gradient_clip_norm", "none"),
])
def test_defaults_are_told_by_model_or_kind(text, flag, defaults):
    start = next(i for i, line in enumerate(text) if line.startswith("  --{}:".format(flag)))
    assert "default: " + defaults == next(
        line.strip() for line in text[start:] if line.strip().startswith("default: "))


def test_the_whole_data_set_is_called_full(text):
    line = "      default: 64 (mlp_gan, vae, wgan), full (bgd_gan), 128 (dense_gan), 32 (dcgan)"
    assert line in text


def test_plain_defaults_stand_behind_the_flag(text):
    assert any(line.endswith("(default: digits)") for line in text)
    assert not any("default: False" in line or "(default: )" in line for line in text)
