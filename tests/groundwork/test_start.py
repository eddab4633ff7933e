"""Tests of groundwork.start."""

import json
import os

from absl.testing import flagsaver
import numpy as np
import pytest

from groundwork import flags
from groundwork import hyperparameters
from groundwork import models
from groundwork import start
from groundwork import transfer
from groundwork.data import datasets
from groundwork.data.batches import Batches
from groundwork.errors import UsageError
from groundwork.run import directory
from groundwork.run.directory import RunDirectory
from groundwork.run.run_config import RunConfig

DIGITS = "70751884d76ec44f20a46078f0028ff191a2499649a00ab7443ce39d01bc485d"
IDENTITY = {
    "wing": "modern", "model": "mlp_gan", "dataset": "digits", "data_digest": DIGITS, "augment": "",
    "seed": 3, "dtype": "float64", "parity_mode": False, "stock_optimizers": True,
    "variant": "corrected", "phases": "simultaneous", "batch_size": 32, "noise_size": 100,
    "optimizer": "adam", "learning_rate": 0.0002, "beta1": 0.5, "beta2": 0.999, "epsilon": 1e-08,
    "schedule": "constant", "label_smoothing": 0.0, "l1": 0.0, "l2": 0.0,
    "gradient_clip_norm": None,
    "gradient_clip_value": None, "accumulate_steps": 1, "freeze": "", "ema_decay": 0.0,
    "warm_start": None, "warm_start_scopes": ""}


def draw_all(hparams, dtype, asked):
    """What a wing gives when weights are drawn."""
    del hparams, dtype, asked


@pytest.fixture(name="train")
def fixture_train():
    with flagsaver.flagsaver():  # removes at its end what was defined inside
        flags.define_training_flags()
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
          train_epochs=2, log_every=5, sample_every=6, checkpoint_every=7, summary_every=8)
    begun = start.training("modern", draw_all, stock_optimizers=True)
    with begun.run as run:
        assert run.path == str(tmp_path / "run")
        assert not run.resumed
    assert begun.hparams == hyperparameters.make("mlp_gan", {"batch_size": 32})
    assert begun.run_config == RunConfig(seed=3, dtype="float64", train_steps=112, log_every=5,
                              sample_every=6, checkpoint_every=7, summary_every=8)
    batch = begun.batches(3, 1)
    assert {key: (value.shape, value.dtype) for key, value in batch.items()} == {
        "joint/noise": ((32, 100), np.float64), "joint/images": ((32, 28, 28), np.float64)}


def test_identity_is_model_data_and_numbers_but_no_interval(train, tmp_path):
    train(model="mlp_gan", run_dir=tmp_path, batch_size=32, seed=3, dtype="float64",
          train_steps=5, log_every=5)
    start.training("modern", draw_all, stock_optimizers=True).run.close()
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
    start.training("legacy", draw_all).run.close()
    assert directory.read_config(str(tmp_path))["identity"]["batch_size"] == 1797


def test_other_intervals_resume_and_another_seed_is_refused(train, tmp_path):
    train(model="vae", run_dir=tmp_path)
    start.training("legacy", draw_all).run.close()
    train(model="vae", run_dir=tmp_path, log_every=7, summary_every=3, train_steps=9)
    with start.training("legacy", draw_all).run as run:
        assert run.resumed
    train(model="vae", run_dir=tmp_path, seed=2)
    assert refusal(start.training, "legacy", draw_all) == (
        "--run_dir={}: holds another run: --seed is 1 there, 2 here; give another --run_dir or "
        "--overwrite".format(tmp_path))
    train(model="vae", run_dir=tmp_path, seed=2, overwrite="true")
    with start.training("legacy", draw_all).run as run:
        assert not run.resumed


def test_the_other_wing_is_another_run(train, tmp_path):
    train(model="vae", run_dir=tmp_path)
    start.training("legacy", draw_all).run.close()
    assert "wing is \"legacy\" there, \"modern\" here" in refusal(
        start.training, "modern", draw_all)


def test_stock_optimizers_are_refused_by_legacy(train, tmp_path):
    train(model="vae", run_dir=tmp_path / "run", stock_optimizers="true")
    assert refusal(start.training, "legacy", draw_all) == (
        "--stock_optimizers: expected with modern.train only, received by legacy.train")


def test_stock_optimizers_are_refused_with_a_rule_that_keras_has_not(train, tmp_path):
    train(model="vae", run_dir=tmp_path / "run", stock_optimizers="true", optimizer="adam_d3")
    assert refusal(start.training, "modern", draw_all, True) == (
        "--stock_optimizers: expected with a rule that Keras has, received with "
        "--optimizer=adam_d3")
    assert not os.path.exists(str(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_what_is_refused_creates_nothing(train, tmp_path):
    train(model="vae", run_dir=tmp_path / "run", batch_size=1798)
    assert refusal(start.training, "legacy", draw_all) == (
        "--batch_size=1798: expected at most 1797 images (digits), or full")
    assert list(tmp_path.iterdir()) == []


def test_config_is_strict_json(train, tmp_path):
    train(model="bgd_gan", run_dir=tmp_path)
    start.training("modern", draw_all).run.close()
    json.loads((tmp_path / "config.json").read_text(encoding="utf-8"),
               parse_constant=lambda name: pytest.fail(name))


def test_augmentation_belongs_to_the_run(train, tmp_path):
    train(model="vae", run_dir=tmp_path, augment="flip,rotate")
    begun = start.training("legacy", draw_all)
    begun.run.close()
    assert directory.read_config(str(tmp_path))["identity"]["augment"] == "rotate,flip"
    digits = datasets.load("digits")
    expected = Batches(digits, begun.hparams, transforms=("rotate", "flip"))(1, 3)
    np.testing.assert_array_equal(begun.batches(1, 3)["vae/images"], expected["vae/images"])
    train(model="vae", run_dir=tmp_path, augment="rotate")
    assert ": holds another run: --augment is \"rotate,flip\" there, \"rotate\" here;" in refusal(
        start.training, "legacy", draw_all)


def test_images_have_the_shape_that_the_model_wants(train, tmp_path, monkeypatch):
    monkeypatch.setattr(models.Vae, "image_shape", (14, 56))
    train(model="vae", run_dir=tmp_path)
    begun = start.training("legacy", draw_all)
    begun.run.close()
    digits = datasets.load("digits", (14, 56))
    assert directory.read_config(str(tmp_path))["identity"]["data_digest"] == digits.digest


def test_curves_and_text_have_a_data_set_of_their_own(train, tmp_path):
    train(model="recurrent_gan", sequence="sines", run_dir=tmp_path)
    begun = start.training("legacy", draw_all)
    begun.run.close()
    assert directory.read_config(str(tmp_path))["identity"]["dataset"] == "sine_waves"
    batch = begun.batches(1, 1)
    assert batch["discriminator/images"].shape == (28, 30, 1)
    assert batch["generator/noise"].shape == (28, 30, 5)
    train(model="recurrent_gan", sequence="text", dataset="digits", run_dir=tmp_path)
    assert refusal(start.training, "legacy", draw_all) == (
        "--dataset=digits: expected lines, which has this model's text")
    train(model="mlp_gan", dataset="sine_waves", run_dir=tmp_path)
    assert refusal(start.training, "legacy", draw_all).startswith(
        "--dataset=sine_waves: expected a data set of images for this model")


def written(path, step):
    """Makes a run look as if it had written a checkpoint."""
    open(os.path.join(path, "checkpoints", "ckpt-{}.index".format(step)), "wb").close()
    return os.path.join(os.path.realpath(path), "checkpoints", "ckpt-{}".format(step))


def reads(calls):
    """What a wing gives, which notes what it was asked."""
    def read(hparams, dtype, asked):
        calls.append((hparams.options.freeze, dtype, asked))
        if asked is None:
            return None
        return transfer.Weights(asked.given, asked.paths[-1], {"a": 1}, ["b"], [])
    return read


def test_a_warm_start_belongs_to_the_run_and_is_told(train, tmp_path, capsys):
    source, run_dir, calls = existing_run(str(tmp_path / "a")), str(tmp_path / "run"), []
    newest, oldest = [written(source, step) for step in (20, 10)]
    train(model="mlp_gan", run_dir=run_dir, warm_start=source, warm_start_scopes="generator",
          freeze="generator/hidden1", dtype="float64")
    begun = start.training("modern", reads(calls))
    begun.run.close()
    assert calls == [("generator/hidden1", "float64",
                      transfer.WarmStart(source, (newest, oldest), "generator"))]
    assert begun.weights.values == {"a": 1}
    assert capsys.readouterr().out == (
        "warm start: 1 variables of {} at step 10\nwarm start: not there: b\n".format(source))
    config = directory.read_config(run_dir)
    # The one that was whole, not the newest.
    assert config["identity"]["warm_start"] == oldest
    assert config["identity"]["warm_start_scopes"] == "generator"
    assert config["identity"]["freeze"] == "generator/hidden1"
    assert config["settings"]["warm_start"] == {
        "checkpoint": oldest, "step": 10, "loaded": ["a"], "not_there": ["b"], "other_scopes": []}


def test_a_run_resumes_though_its_source_went_on_and_is_refused_with_another(train, tmp_path):
    source, run_dir, calls = existing_run(str(tmp_path / "a")), str(tmp_path / "run"), []
    first = written(source, 10)
    train(model="mlp_gan", run_dir=run_dir, warm_start=source)
    start.training("modern", reads(calls)).run.close()
    written(source, 20)
    # Killed before its first checkpoint, it starts from the same weights again.
    start.training("modern", reads(calls)).run.close()
    assert [asked.paths for _, _, asked in calls] == [(first,), (first,)]
    written(run_dir, 5)
    begun = start.training("modern", reads(calls))
    begun.run.close()
    assert begun.run.resumed and begun.weights is None and len(calls) == 2
    for changed, expected in [
            ({"warm_start": first[:-2] + "20"}, "--warm_start is \"{}\" there, ".format(first)),
            ({"warm_start": source, "warm_start_scopes": "generator"},
             "--warm_start_scopes is \"\" there, \"generator\" here"),
            ({"warm_start": source, "freeze": "generator/output"},
             "--freeze is \"\" there, \"generator/output\" here"),
            ({}, "--warm_start is \"{}\" there, null here".format(first))]:
        train(model="mlp_gan", run_dir=run_dir, **changed)
        assert expected in refusal(start.training, "modern", reads(calls))
    assert len(calls) == 2


def test_what_a_wing_refuses_leaves_no_run_directory(train, tmp_path):
    def refuse(hparams, dtype, asked):
        raise UsageError("no")

    train(model="mlp_gan", run_dir=tmp_path / "run", freeze="generator")
    assert refusal(start.training, "modern", refuse) == "no"
    assert list(tmp_path.iterdir()) == []


def test_a_replaced_run_stays_when_the_new_one_is_refused(train, tmp_path):
    def refuse(hparams, dtype, asked):
        raise UsageError("no")

    run_dir = existing_run(str(tmp_path / "run"))
    checkpoint = written(run_dir, 5)
    train(model="mlp_gan", run_dir=run_dir, freeze="generator", overwrite="true")
    assert refusal(start.training, "modern", refuse) == "no"
    assert os.path.exists(checkpoint + ".index")


def test_a_run_is_not_started_from_itself(train, tmp_path):
    run_dir = existing_run(str(tmp_path / "run"))
    for given in (run_dir, written(run_dir, 5)):
        train(model="mlp_gan", run_dir=run_dir, warm_start=given, overwrite="true")
        assert refusal(start.training, "modern", draw_all) == (
            "--warm_start={}: expected another run than --run_dir".format(given))
