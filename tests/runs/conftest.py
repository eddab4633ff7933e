"""Runs that several files of tests copy and look at."""

from absl import logging
import pytest

from tests.binaries import train, WINGS
from tests.runs.files import VAE


@pytest.fixture(name="warnings")
def fixture_warnings(monkeypatch):
    lines = []
    monkeypatch.setattr(logging, "warning", lambda text, *values: lines.append(text % values))
    return lines


@pytest.fixture(name="vae", scope="session", params=WINGS)
def fixture_vae(request, tmp_path_factory):
    """The wing, and the folder of its VAE runs: 60 steps, and 120 steps at a stretch."""
    folder = tmp_path_factory.mktemp("vae_" + request.param)
    assert train(request.param, str(folder / "60"), "--train_steps=60", *VAE) == 0
    assert train(request.param, str(folder / "120"), "--train_steps=120", *VAE) == 0
    return request.param, folder
