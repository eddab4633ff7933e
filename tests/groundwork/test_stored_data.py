"""Tests of groundwork.stored_data."""

import os

import numpy as np
import pytest

from groundwork import hyperparameters
from groundwork import stored_data
from groundwork.data import datasets
from groundwork.data import domains
from groundwork.data.batches import Batches, sample_batch
from groundwork.errors import UsageError
from groundwork.run.directory import RunDirectory

HPARAMS = hyperparameters.make("cycle_gan", {"image_format": "8x8", "batch_size": 4})
WHERE = {"data_dir": None, "data_dir_b": None, "max_data_bytes": 2 ** 20}


def identity(dataset):
    return dict(hyperparameters.to_dict(HPARAMS), dataset=dataset.name,
                data_digest=dataset.digest, **domains.identity(dataset))


@pytest.fixture(name="arrays")
def fixture_arrays(tmp_path):
    """Path of an .npz of twenty images, and function (identity, where) that makes a run of it."""
    path = str(tmp_path / "images.npz")
    np.savez(path, images=np.arange(20 * 64, dtype=np.uint8).reshape(20, 8, 8))

    def run(described, where):
        settings = stored_data.settings(HPARAMS, **where)
        RunDirectory.open(str(tmp_path / "run"), described, settings).close()
        return str(tmp_path / "run")
    return path, run


def refusal(*arguments):
    with pytest.raises(UsageError) as caught:
        stored_data.dataset(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_run_finds_its_data_set_again(arrays):
    path, run = arrays
    dataset = domains.with_second(datasets.load("npz", (8, 8), path), HPARAMS)
    described = identity(dataset)
    found = stored_data.dataset(run(described, dict(WHERE, data_dir=path)), described, HPARAMS)
    assert (found.digest, found.second.digest) == (dataset.digest, dataset.second.digest)
    batch = sample_batch(HPARAMS, 1, count=3, batches=Batches(found, HPARAMS))
    assert list(batch) == ["sample/images", "sample/images_b"]
    np.testing.assert_array_equal(
        batch["sample/images"], datasets.scaled(dataset.images[:3]))
    np.testing.assert_array_equal(
        batch["sample/images_b"], datasets.scaled(domains.negative(dataset.images[:3])))
    # As many as there are, unless a number is asked for.
    assert len(sample_batch(HPARAMS, 1, count=30, batches=Batches(found, HPARAMS))[
        "sample/images"]) == 20


def test_data_that_is_gone_or_changed_is_refused(arrays):
    path, run = arrays
    described = identity(domains.with_second(datasets.load("npz", (8, 8), path), HPARAMS))
    run_dir = run(described, dict(WHERE, data_dir=path))
    assert refusal(run_dir, dict(described, data_digest="another"), HPARAMS) == (
        "--run_dir={}: expected the data set that it was trained with, received another "
        "(data_digest differs)".format(run_dir))
    np.savez(path, images=np.zeros((20, 8, 8), np.uint8))
    assert refusal(run_dir, described, HPARAMS).endswith(
        "received another (data_digest, data_digest_b differs)")
    os.remove(path)
    said = refusal(run_dir, described, HPARAMS)
    assert said.startswith("--run_dir={}: expected its data set, which samples are generated from, "
                           "received: --data_dir: ".format(run_dir))


def test_models_of_noise_keep_no_folder():
    assert stored_data.settings(hyperparameters.make("vae", {}), **WHERE) == {}
    assert stored_data.settings(HPARAMS, **WHERE) == {"data": WHERE}
