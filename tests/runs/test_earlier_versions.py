"""Tests that a run whose config.json an earlier version wrote resumes, is sampled and started from;
and that one of a foreign config.json is refused in one line."""

import json
import os

import pytest

from groundwork.run import earlier_versions
from tests.binaries import call, train
from tests.runs.files import copy, read, result, VAE


def change(run_dir, without=(), **values):
    """Changes the identity in a run's config.json."""
    path = os.path.join(run_dir, "config.json")
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    for name in without:
        config["identity"].pop(name, None)
    config["identity"].update(values)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)


def test_a_run_of_the_first_version_goes_on_as_it_began(vae, tmp_path, capfd):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    change(run_dir, without=earlier_versions.BEFORE_THE_FIELD)
    config = read(run_dir, "config.json")
    output = str(tmp_path / "grid.png")
    assert call(wing + ".sample", "--run_dir=" + run_dir, "--output=" + output, "--scale=1") == 0
    assert read(output) == read(run_dir, "samples", "step_00000060.png")
    assert train(wing, run_dir, "--train_steps=120", *VAE) == 0
    assert result(wing, run_dir, 120) == result(wing, str(folder / "120"), 120)
    assert read(run_dir, "config.json") == config
    assert capfd.readouterr().err == ""


@pytest.mark.slow
def test_another_run_is_started_from_one_of_the_first_version(vae, tmp_path, capfd):
    wing, folder = vae
    run_dir = copy(folder, "60", tmp_path)
    change(run_dir, without=earlier_versions.BEFORE_THE_FIELD)
    assert train(wing, str(tmp_path / "tuned"), "--model=vae", "--train_steps=1",
                 "--warm_start=" + run_dir) == 0
    assert "warm start: " in capfd.readouterr().out


FOREIGN = {"latent_size": 21, "dtype": "float64", "variant": "as_written", "optimizer": "adam_d0",
           "ema_decay": 0.5, "freeze": "nobody", "stock_optimizers": True,
           "latent_size of another type": "20", "optimizer nobody has": "lion"}


@pytest.mark.parametrize("name", [
    name if name == "latent_size of another type" else pytest.param(name, marks=pytest.mark.slow)
    for name in FOREIGN])
def test_a_foreign_value_ends_in_one_line(vae, tmp_path, warnings, capfd, name):
    wing, folder = vae
    run_dir, new = copy(folder, "60", tmp_path), str(tmp_path / "new")
    change(run_dir, **{name.split()[0]: FOREIGN[name]})
    statuses = [
        call(wing + ".sample", "--run_dir=" + run_dir,
             "--output={}".format(tmp_path / "grid.png")),
        train(wing, run_dir, "--train_steps=120", *VAE),
        train(wing, new, "--model=vae", "--train_steps=1", "--warm_start=" + run_dir)]
    lines = capfd.readouterr().err.splitlines()
    # As values of a flag they are right, so that samples and weights are to be had all the same.
    accepted = {"variant": [0, 64, 0], "freeze": [64, 64, 0], "dtype": [64, 64, 0],
                "latent_size": [64, 64, 0], "optimizer": [64, 64, 0],
                "ema_decay": [64, 64, 0]}.get(name, statuses)
    assert statuses == accepted and statuses[1] == 64
    assert len(lines) == statuses.count(64)
    assert all(line.startswith(wing + ".") for line in lines)
