"""Tests that a run whose numbers are not finite any more stops, and keeps what was good."""

import os
import re

import pytest

from tests.binaries import LEGACY_QUICK, train, WINGS
from tests.runs.files import finite_checkpoints, read


@pytest.mark.parametrize("wing", WINGS)
def test_a_loss_that_is_not_finite_stops_the_run(wing, tmp_path, capfd):
    run_dir = str(tmp_path / "run")
    assert train(wing, run_dir, "--model=vae", "--optimizer=sgd", "--learning_rate=0.01",
                 "--checkpoint_every=1", "--train_steps=50", "--log_every=1") == 70
    _, err = capfd.readouterr()
    assert re.match(r"{}\.train: step 4, phase vae: loss/vae is inf; expected a finite loss, "
                    r"stopped; the checkpoint of step 3 is kept\n$".format(wing), err)
    assert finite_checkpoints(wing, run_dir) == [1, 2, 3]
    rows = read(run_dir, "metrics.csv").decode().splitlines()
    assert [row.split(",")[0] for row in rows] == ["step", "1", "2", "3"]
    assert not os.path.exists(os.path.join(run_dir, "DONE"))


@pytest.mark.parametrize("wing", LEGACY_QUICK)
def test_the_phase_that_diverged_is_named(wing, tmp_path, capfd):
    assert train(wing, str(tmp_path / "run"), "--model=bgd_gan", "--learning_rate=1000",
                 "--batch_size=64", "--train_steps=50") == 70
    assert re.match(r"{}\.train: step 3, phase generator: loss/generator is nan; expected a "
                    r"finite loss, .*\n$".format(wing), capfd.readouterr().err)


@pytest.mark.parametrize("wing", LEGACY_QUICK)
def test_weights_that_are_not_finite_are_not_saved(wing, tmp_path, capfd):
    run_dir = str(tmp_path / "run")
    assert train(wing, run_dir, "--model=vae", "--optimizer=sgd", "--learning_rate=1e38",
                 "--checkpoint_every=1", "--train_steps=50") == 70
    assert re.match(r"{}\.train: step 1: \S+ is not finite; expected finite weights, stopped; "
                    r"nothing is kept yet, no checkpoint was written\n$".format(wing),
                    capfd.readouterr().err)
    assert finite_checkpoints(wing, run_dir) == []


@pytest.mark.parametrize("wing", LEGACY_QUICK)
def test_samples_that_are_not_finite_stop_the_run(wing, tmp_path, capfd):
    run_dir = str(tmp_path / "run")
    assert train(wing, run_dir, "--model=vae", "--optimizer=sgd", "--learning_rate=1e20",
                 "--sample_every=1", "--train_steps=50") == 70
    assert capfd.readouterr().err == (
        "{}.train: step 1: samples are not finite; expected finite images, stopped; nothing is "
        "kept yet, no checkpoint was written\n".format(wing))
    assert os.listdir(os.path.join(run_dir, "samples")) == []
