"""Tests of groundwork.start."""

import json
import os

from absl.testing import flagsaver
import numpy as np
import pytest

from groundwork import flags
from groundwork import hyperparameters
from groundwork import start
from groundwork.errors import UsageError
from groundwork.run import directory
from groundwork.run.directory import RunDirectory
from groundwork.run.plan import Plan

DIGITS = "70751884d76ec44f20a46078f0028ff191a2499649a00ab7443ce39d01bc485d"
IDENTITY = {
    "wing": "modern", "model": "mlp_gan", "dataset": "digits", "data_digest": DIGITS, "seed": 3,
    "dtype": "float64", "parity_mode": False, "stock_optimizers": True, "variant": "corrected",
    "phases": "simultaneous", "batch_size": 32, "noise_size": 100, "optimizer": "adam",
    "learning_rate": 0.0002, "beta1": 0.5, "beta2": 0.999, "epsilon": 1e-08}


@pytest.fixture(name="train")
def fixture_train():
    with flagsaver.flagsaver():  # removes at its end what was defined inside
        flags.define_training_flags()
        yield parse


@pytest.fixture(name="sample")
def fixture_sample():
    with flagsaver.flagsaver():
        flags.define_sampling_flags()
        yield parse


def parse(**values):
    flags.FLAGS.unparse_flags()
    flags.FLAGS(["program"] + ["--{}={}".format(*pair) for pair in values.items()])


def refusal(function, *arguments):
    with pytest.raises(UsageError) as caught:
        function(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


def existing_run(path, **changes):
    RunDirectory.open(path, dict(IDENTITY, **changes), {}).close()
    return path


def test_training_takes_everything_from_the_flags(train, tmp_path):
    train(model="mlp_gan", run_dir=tmp_path / "run", batch_size=32, seed=3, dtype="float64",
          train_epochs=2, log_every=5, sample_every=6, checkpoint_every=7)
    begun = start.training("modern", stock_optimizers=True)
    with begun.run as run:
        assert run.path == str(tmp_path / "run")
        assert not run.resumed
    assert begun.hparams == hyperparameters.make("mlp_gan", {"batch_size": 32})
    assert begun.plan == Plan(seed=3, dtype="float64", train_steps=112, log_every=5,
                              sample_every=6, checkpoint_every=7)
    batch = begun.batches(3, 1)
    assert {key: (value.shape, value.dtype) for key, value in batch.items()} == {
        "joint/noise": ((32, 100), np.float64), "joint/images": ((32, 28, 28), np.float64)}


def test_identity_is_model_data_and_numbers_but_no_interval(train, tmp_path):
    train(model="mlp_gan", run_dir=tmp_path, batch_size=32, seed=3, dtype="float64",
          train_steps=5, log_every=5)
    start.training("modern", stock_optimizers=True).run.close()
    config = directory.read_config(str(tmp_path))
    assert config["identity"] == IDENTITY
    settings = config["settings"]
    assert settings["document"] == "D3 §4.1"
    assert settings["flags"] == {
        "model": "mlp_gan", "run_dir": str(tmp_path), "batch_size": 32, "seed": 3,
        "dtype": "float64", "train_steps": 5, "log_every": 5}
    assert settings["versions"]["numpy"] == np.__version__
    assert {"python", "tensorflow"} <= set(settings["versions"])
    assert settings["cores"] == os.cpu_count()


def test_a_full_batch_has_its_size_in_the_identity(train, tmp_path):
    train(model="bgd_gan", run_dir=tmp_path)
    start.training("legacy").run.close()
    assert directory.read_config(str(tmp_path))["identity"]["batch_size"] == 1797


def test_other_intervals_resume_and_another_seed_is_refused(train, tmp_path):
    train(model="vae", run_dir=tmp_path)
    start.training("legacy").run.close()
    train(model="vae", run_dir=tmp_path, log_every=7, train_steps=9)
    with start.training("legacy").run as run:
        assert run.resumed
    train(model="vae", run_dir=tmp_path, seed=2)
    assert refusal(start.training, "legacy") == (
        "--run_dir={}: holds another run: --seed is 1 there, 2 here; give another --run_dir or "
        "--overwrite".format(tmp_path))
    train(model="vae", run_dir=tmp_path, seed=2, overwrite="true")
    with start.training("legacy").run as run:
        assert not run.resumed


def test_the_other_wing_is_another_run(train, tmp_path):
    train(model="vae", run_dir=tmp_path)
    start.training("legacy").run.close()
    assert "wing is \"legacy\" there, \"modern\" here" in refusal(start.training, "modern")


def test_stock_optimizers_are_refused_by_legacy(train, tmp_path):
    train(model="vae", run_dir=tmp_path / "run", stock_optimizers="true")
    assert refusal(start.training, "legacy") == (
        "--stock_optimizers: expected with modern.train only, received by legacy.train")
    assert not (tmp_path / "run").exists()


def test_what_is_refused_creates_nothing(train, tmp_path):
    train(model="vae", run_dir=tmp_path / "run", batch_size=1798)
    assert refusal(start.training, "legacy") == (
        "--batch_size=1798: expected at most 1797 images (digits), or full")
    assert list(tmp_path.iterdir()) == []


def test_sampling_takes_everything_from_the_run(sample, tmp_path):
    path = existing_run(str(tmp_path / "run"))
    sample(run_dir=path, output=tmp_path / "grid.png")
    assert start.sampling("modern") == start.Sampling(
        checkpoints=os.path.join(path, "checkpoints"),
        hparams=hyperparameters.make("mlp_gan", {"batch_size": 32}),
        model="mlp_gan", seed=3, dtype="float64", stock_optimizers=True,
        output=str(tmp_path / "grid.png"))


def test_sampling_refuses_a_run_of_the_other_wing(sample, tmp_path):
    sample(run_dir=existing_run(str(tmp_path), wing="legacy"))
    assert refusal(start.sampling, "modern") == (
        "--run_dir={}: expected a run of modern.train, received legacy.train's".format(tmp_path))


def test_sampling_refuses_what_is_no_run(sample, tmp_path):
    sample(run_dir=tmp_path)
    assert refusal(start.sampling, "modern") == (
        "--run_dir={}: expected a run directory, received a folder without config.json".format(
            tmp_path))


@pytest.mark.parametrize("output,expected", [
    ("grid.jpg", "expected a file name that ends in .png"),
    ("missing/grid.png", "expected a file in an existing folder, received one in a folder that "
                         "does not exist")])
def test_sampling_refuses_an_output_before_any_work(sample, tmp_path, output, expected):
    sample(run_dir=existing_run(str(tmp_path / "run")), output=tmp_path / output)
    assert refusal(start.sampling, "modern") == "--output={}: {}".format(
        tmp_path / output, expected)


def asked(sample, tmp_path):
    sample(run_dir=existing_run(str(tmp_path / "run")), output=tmp_path / "grid.png")
    return start.sampling("modern")


def test_samples_are_written_as_a_grid(sample, tmp_path, capsys):
    from PIL import Image

    start.write_samples(asked(sample, tmp_path), np.full((64, 28, 28), -1.0, np.float32))
    with Image.open(str(tmp_path / "grid.png")) as image:
        assert image.size == (8 * 30 - 2, 8 * 30 - 2)
        assert image.getpixel((0, 0)) == 0
    assert capsys.readouterr().out == "{}: 64 images\n".format(tmp_path / "grid.png")


def test_samples_of_a_run_without_checkpoint_are_refused(sample, tmp_path):
    request = asked(sample, tmp_path)
    assert refusal(start.write_samples, request, None) == (
        "{}: expected a checkpoint, received a run that has written none".format(
            request.checkpoints))
    assert not (tmp_path / "grid.png").exists()


def test_samples_that_are_not_finite_are_refused(sample, tmp_path):
    request = asked(sample, tmp_path)
    images = np.zeros((64, 28, 28), np.float32)
    images[3, 2, 1] = np.inf
    assert refusal(start.write_samples, request, images) == (
        "{}: expected a checkpoint that gives finite images, received one that gives NaN or "
        "infinity".format(request.checkpoints))
    assert not (tmp_path / "grid.png").exists()


def test_samples_that_cannot_be_written_are_refused(sample, tmp_path):
    request = asked(sample, tmp_path)
    (tmp_path / "grid.png").mkdir()
    assert "grid.png: expected a regular file, received a folder" in refusal(
        start.write_samples, request, np.zeros((4, 28, 28), np.float32))


def test_config_is_strict_json(train, tmp_path):
    train(model="bgd_gan", run_dir=tmp_path)
    start.training("modern").run.close()
    json.loads((tmp_path / "config.json").read_text(encoding="utf-8"),
               parse_constant=lambda name: pytest.fail(name))
