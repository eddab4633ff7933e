"""Transfer learning with the binaries: each wing from each, resumed, sampled from (D3 §3.5)."""

import functools
import json
import os
import subprocess

import pytest

from tests.binaries import call, LEGACY_QUICK, WINGS
from tests.runs.files import CHECKPOINT, read

VAE = ["--model=vae", "--batch_size=16", "--log_every=1", "--checkpoint_every=4"]


@pytest.fixture(name="sources", scope="module")
def fixture_sources(tmp_path_factory):
    """Function of a wing: the directory of a run to start from."""
    folder = tmp_path_factory.mktemp("sources")

    @functools.lru_cache(maxsize=None)
    def get(wing):
        assert call(wing + ".train", "--run_dir={}".format(folder / wing), "--train_steps=8",
                    "--seed=5", *VAE) == 0
        return str(folder / wing)
    return get


@pytest.mark.parametrize("source", LEGACY_QUICK)
def test_both_wings_go_on_alike_from_one_checkpoint(
        source, sources, tmp_path, repository, forked_python):
    source = sources(source)
    flags = ["--train_steps=10", "--parity_mode", "--freeze=encoder/hidden1", "--ema_decay=0.9",
             "--warm_start=" + source] + VAE
    for wing in WINGS:
        process = subprocess.run(
            [forked_python, "-m", wing + ".train", "--run_dir={}".format(tmp_path / wing)] + flags,
            cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert (process.returncode, process.stderr) == (0, b"")
        assert process.stdout.decode().splitlines()[0] == (
            "warm start: 14 variables of {} at step 8".format(source))
    rows = read(str(tmp_path), "legacy", "metrics.csv")
    assert len(rows.splitlines()) == 11
    assert rows == read(str(tmp_path), "modern", "metrics.csv")
    # Near where the source ended, and far below where it began.
    first, last = [float(read(source, "metrics.csv").splitlines()[row].split(b",")[1])
                   for row in (1, 8)]
    assert abs(float(rows.splitlines()[1].split(b",")[1]) - last) < 0.3 * (first - last)


@pytest.mark.parametrize("wing", LEGACY_QUICK)
def test_a_run_that_was_started_from_another_resumes_and_samples(wing, sources, tmp_path, capfd):
    run_dir, whole, grid = [str(tmp_path / name) for name in ("run", "whole", "grid.png")]
    start = sources(wing)
    warm = ["--freeze=decoder", "--ema_decay=0.5", "--warm_start_scopes=decoder"] + VAE

    def train(path, steps, source=start):
        return call(wing + ".train", "--run_dir=" + path, "--train_steps={}".format(steps),
                    "--warm_start=" + source, *warm)

    assert train(run_dir, 4) == 0
    assert "warm start: 6 variables of " in capfd.readouterr().out
    assert train(run_dir, 8) == 0
    assert "warm start" not in capfd.readouterr().out
    assert train(whole, 8) == 0
    names = ["checkpoints/" + CHECKPOINT[wing].format(8) + ".index",
             "checkpoints/" + CHECKPOINT[wing].format(8) + ".data-00000-of-00001", "metrics.csv",
             "samples/step_00000008.png"]
    for name in names:
        assert read(run_dir, name) == read(whole, name), name
    assert call(wing + ".sample", "--run_dir=" + run_dir, "--output=" + grid,
                "--scale=1") == 0
    assert read(grid) == read(run_dir, names[-1])
    capfd.readouterr()
    assert train(run_dir, 9, whole) == 64
    assert "holds another run: --warm_start is " in capfd.readouterr().err


@pytest.mark.parametrize("wing", LEGACY_QUICK)
def test_config_records_what_was_loaded(wing, sources, tmp_path):
    run_dir = str(tmp_path / "run")
    assert call(wing + ".train", "--run_dir=" + run_dir, "--train_steps=1", "--warm_start="
                + sources("legacy"), "--warm_start_scopes=encoder/hidden1", *VAE) == 0
    config = json.loads(read(run_dir, "config.json").decode())
    path = os.path.join(os.path.realpath(sources("legacy")), "checkpoints", "model.ckpt-8")
    assert config["identity"]["warm_start"] == path
    record = config["settings"]["warm_start"]
    assert len(record.pop("other_scopes")) == 12
    assert record == {"checkpoint": path, "step": 8, "not_there": [], "loaded": [
        "encoder/hidden1/bias", "encoder/hidden1/kernel"]}
