"""Runs that several files of tests copy and look at."""

import os

from absl import logging
import pytest

from tests.binaries import LEGACY_QUICK, train, WINGS
from tests.runs.files import VAE


@pytest.fixture(name="warnings")
def fixture_warnings(monkeypatch):
    lines = []
    monkeypatch.setattr(logging, "warning", lambda text, *values: lines.append(text % values))
    return lines


@pytest.fixture(name="vae", params=WINGS)
def fixture_vae(request, vae_runs):
    """The wing, and the folder of its VAE runs: 60 steps, and 120 steps at a stretch."""
    return request.param, vae_runs(request.param)


@pytest.fixture(name="legacy_vae", params=LEGACY_QUICK)
def fixture_legacy_vae(request, vae_runs):
    """As `vae`, of the legacy wing in every test run and of both by the whole suite."""
    return request.param, vae_runs(request.param)


@pytest.fixture(name="vae_runs", scope="session")
def fixture_vae_runs(shared_folder):
    """Function of a wing: the folder of its VAE runs, trained once in a session of tests."""
    def runs(wing):
        def make(folder):
            for steps in ("60", "120"):
                assert train(wing, os.path.join(folder, steps), "--train_steps=" + steps, *VAE) == 0
        return shared_folder("vae_" + wing, make)
    return runs
