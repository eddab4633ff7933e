"""Tests of groundwork.data.batches."""

import hashlib

import numpy as np
import pytest

from groundwork import hyperparameters
from groundwork.data.batches import Batches, noise, sample_batch
from groundwork.data.datasets import Dataset
from groundwork.errors import UsageError

COUNT = 23
IMAGES = np.tile(np.arange(COUNT, dtype=np.float32)[:, None, None], (1, 28, 28))
DATASET = Dataset("numbered", IMAGES, np.zeros(COUNT, np.int32), "digest")


class TwoImagePhases:
    """Two phases that both see images, as no model of the documents has."""

    batch_size = 5

    def phase_inputs(self):
        return {"critic": {"images": (28, 28), "noise": (3,)}, "generator": {"images": (784,)}}


def make(batch_size=5, dtype="float32", model="vae", **values):
    hparams = hyperparameters.make(model, dict(values, batch_size=batch_size))
    return Batches(DATASET, hparams, dtype)


def rows(batch, key="vae/images"):
    """The numbers of the data set's rows in a batch, each of whose images holds its number."""
    images = batch[key].reshape(len(batch[key]), 784)
    assert (images == images[:, :1]).all()
    return images[:, 0].astype(int).tolist()


def assert_equal(batch, expected):
    assert list(batch) == list(expected)
    for key in batch:
        assert batch[key].dtype == expected[key].dtype
        assert np.array_equal(batch[key], expected[key]), key


@pytest.mark.parametrize("model,values,shapes", [
    ("vae", {"latent_size": 3}, {"vae/images": (5, 784), "vae/epsilon": (5, 3)}),
    ("mlp_gan", {"noise_size": 7}, {"joint/noise": (5, 7), "joint/images": (5, 28, 28)}),
    ("bgd_gan", {}, {"generator/noise": (5, 100), "discriminator/noise": (5, 100),
                     "discriminator/images": (5, 28, 28)}),
    ("bgd_gan", {"variant": "as_written"},
     {"generator/noise": (5, 100), "discriminator/noise": (5, 100)}),
])
def test_batches_have_the_declared_keys_and_shapes(model, values, shapes):
    batch = make(model=model, **values)(1, 1)
    assert {key: value.shape for key, value in batch.items()} == shapes
    assert all(value.dtype == np.float32 for value in batch.values())


def test_rows_are_pinned():
    batches = make()
    assert [rows(batches(1, step)) for step in (1, 4, 5, 1234)] == [
        [2, 1, 14, 11, 0], [15, 22, 7, 16, 6], [4, 3, 14, 13, 7], [20, 11, 18, 6, 14]]


def test_noise_is_pinned():
    batch = make(model="mlp_gan")(1, 1234)
    assert batch["joint/noise"][0, :3].tolist() == [
        0.26254138350486755, 1.2840408086776733, 0.8542742133140564]
    assert hashlib.sha256(batch["joint/noise"].astype("<f4").tobytes()).hexdigest() == (
        "011921f118e2d78d50236fa6ff99e5fa73cd297e73e17d9f2cf5c474831d6196")


def test_batches_do_not_depend_on_what_was_asked_before():
    steps = [1, 2, 4, 5, 9, 1234, 10 ** 12]
    in_order = make(model="bgd_gan")
    expected = {step: in_order(7, step) for step in steps}
    other = make(model="bgd_gan")
    for step in [9, 1, 10 ** 12, 5, 1234, 2, 4]:
        other(8, step)
        assert_equal(other(7, step), expected[step])
        assert_equal(make(model="bgd_gan")(7, step), expected[step])


def test_seed_and_step_each_select_other_batches():
    batches = make()
    for key in ("vae/images", "vae/epsilon"):
        draws = {batches(seed, step)[key].tobytes() for seed, step in [(1, 1), (2, 1), (1, 2)]}
        assert len(draws) == 3


def test_an_epoch_has_each_row_at_most_once_and_drops_the_rest():
    batches = make()
    assert batches.steps_per_epoch == 4
    for epoch in range(30):
        seen = sum((rows(batches(1, 1 + 4 * epoch + index)) for index in range(4)), [])
        assert len(seen) == 20
        assert len(set(seen)) == 20


def test_an_epoch_without_rest_has_every_row_exactly_once():
    hparams = hyperparameters.make("vae", {"batch_size": 5})
    batches = Batches(DATASET._replace(images=IMAGES[:20]), hparams)
    for epoch in range(5):
        seen = sum((rows(batches(1, 1 + 4 * epoch + index)) for index in range(4)), [])
        assert sorted(seen) == list(range(20))


def test_the_dropped_rest_changes_so_that_every_row_is_seen():
    batches = make()
    seen = {row for step in range(1, 4 * 6 + 1) for row in rows(batches(1, step))}
    assert seen == set(range(COUNT))


def test_every_epoch_has_an_order_of_its_own():
    batches = make()
    orders = {tuple(sum((rows(batches(1, 1 + 4 * epoch + index)) for index in range(4)), []))
              for epoch in range(10)}
    assert len(orders) == 10


def test_every_phase_has_an_order_and_noise_of_its_own():
    batches = Batches(DATASET, TwoImagePhases())
    batch = batches(1, 1)
    assert list(batch) == ["critic/images", "critic/noise", "generator/images"]
    for phase in ("critic/images", "generator/images"):
        seen = sum((rows(batches(1, step), phase) for step in range(1, 5)), [])
        assert len(set(seen)) == 20
    assert rows(batch, "critic/images") != rows(batch, "generator/images")
    gan = make(model="bgd_gan")(1, 1)
    assert not np.array_equal(gan["generator/noise"], gan["discriminator/noise"])


@pytest.mark.parametrize("batch_size", [None, COUNT])
def test_a_full_batch_keeps_the_order(batch_size):
    batches = make(batch_size=batch_size)
    assert (batches.batch_size, batches.steps_per_epoch) == (COUNT, 1)
    for step in (1, 2, 77):
        assert rows(batches(1, step)) == list(range(COUNT))
    assert not np.array_equal(batches(1, 1)["vae/epsilon"], batches(1, 2)["vae/epsilon"])


@pytest.mark.parametrize("batch_size", [5, None])
@pytest.mark.parametrize("model", ["vae", "mlp_gan", "bgd_gan"])
def test_a_float64_batch_is_the_float32_one_cast(model, batch_size):
    single = make(batch_size, "float32", model)(3, 6)
    double = make(batch_size, "float64", model)(3, 6)
    assert all(value.dtype == np.float64 for value in double.values())
    assert_equal({key: value.astype(np.float64) for key, value in single.items()}, double)


def test_noise_is_standard_normal():
    draw = noise(1, "a", 1, (400, 250), "float64")
    assert abs(draw.mean()) < 5 / np.sqrt(draw.size)
    assert abs((draw ** 2).mean() - 1) < 5 * np.sqrt(2 / draw.size)
    assert abs((draw ** 4).mean() - 3) < 5 * np.sqrt(96 / draw.size)


def test_a_batch_of_the_whole_set_is_the_largest():
    with pytest.raises(UsageError) as caught:
        make(batch_size=COUNT + 1)
    assert str(caught.value) == (
        "--batch_size=24: expected at most 23 images (numbered), or full")


@pytest.mark.parametrize("model,values,width", [
    ("mlp_gan", {"noise_size": 7}, 7), ("vae", {"latent_size": 3}, 3), ("bgd_gan", {}, 100)])
def test_samples_are_made_from_64_noises_that_belong_to_the_seed(model, values, width):
    hparams = hyperparameters.make(model, values)
    batch = sample_batch(hparams, 1)
    assert list(batch) == ["sample/noise"]
    assert batch["sample/noise"].shape == (64, width)
    assert batch["sample/noise"].dtype == np.float32
    assert_equal(sample_batch(hparams, 1), batch)
    assert_equal(sample_batch(hparams, 1, "float64"),
                 {"sample/noise": batch["sample/noise"].astype(np.float64)})
    assert not np.array_equal(sample_batch(hparams, 2)["sample/noise"], batch["sample/noise"])
