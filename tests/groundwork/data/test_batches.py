"""Tests of groundwork.data.batches."""

import hashlib

import numpy as np
import pytest

from groundwork import hyperparameters
from groundwork.data import augmentation
from groundwork.data import datasets
from groundwork.data.batches import Batches, sample_batch
from groundwork.data.datasets import Dataset
from groundwork.data.draws import noise
from groundwork.errors import UsageError
from groundwork.models.model import Model

COUNT = 23
IMAGES = np.tile(np.arange(COUNT, dtype=np.float32)[:, None, None], (1, 28, 28))
DATASET = Dataset("numbered", IMAGES, np.zeros(COUNT, np.int32), "digest", 10)


class TwoImagePhases(Model):
    """Two phases that both see images, as no model of the documents has."""

    batch_size = 5

    def batch_inputs(self):
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


def mask_seeds(*steps, **values):
    digits = Batches(DATASET._replace(images=np.zeros((COUNT, 64, 64, 3), np.float32)),
                     hyperparameters.make("dcgan", dict(values, batch_size=5)))
    return [batch[key] for batch in (digits(1, step) for step in steps)
            for key in batch if key.endswith("/mask_seed")]


def test_mask_seeds_are_two_integers_a_phase_and_step_and_pinned():
    first, other = mask_seeds(1, 1234)
    assert first.dtype == np.int32
    assert (first.tolist(), other.tolist()) == ([726813689, 87931192], [707931608, 419918342])
    drawn = mask_seeds(*range(1, 201), phases="alternating")
    assert len({tuple(seed) for seed in drawn}) == 400
    assert 0 <= np.min(drawn) and 2 ** 29 < np.max(drawn) < 2 ** 30


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


def test_a_data_set_of_bytes_gives_the_batches_of_its_floats():
    stored = DATASET._replace(images=np.random.RandomState(0).randint(
        0, 256, (COUNT, 28, 28)).astype(np.uint8))
    floats = DATASET._replace(images=datasets.scaled(stored.images))
    assert stored.images.nbytes * 4 == floats.images.nbytes
    for batch_size in (5, None):
        for dtype in ("float32", "float64"):
            hparams = hyperparameters.make("bgd_gan", {"batch_size": batch_size})
            batch = Batches(stored, hparams, dtype)(1, 3)
            assert batch["discriminator/images"].dtype == dtype
            assert_equal(batch, Batches(floats, hparams, dtype)(1, 3))


def test_a_batch_of_bytes_holds_floats_from_minus_one_to_one():
    levels = np.tile(np.arange(256, dtype=np.uint8), (COUNT, 1)).reshape(COUNT, 16, 16)

    class Levels(Model):
        batch_size = 5

        def batch_inputs(self):
            return {"a": {"images": (256,)}}

    images = Batches(DATASET._replace(images=levels), Levels())(1, 1)["a/images"]
    expected = (np.arange(256) / 127.5 - 1).astype(np.float32)
    np.testing.assert_allclose(images, np.tile(expected, (5, 1)), rtol=0, atol=6e-8)
    assert images.min() == -1 and images.max() == 1


def augmented_batches(batch_size, transforms, dtype="float32"):
    images = np.random.RandomState(0).randint(0, 256, (COUNT, 28, 28)).astype(np.uint8)
    hparams = hyperparameters.make("mlp_gan", {"batch_size": batch_size, "phases": "alternating"})
    return Batches(DATASET._replace(images=images), hparams, dtype, transforms)


@pytest.mark.parametrize("batch_size", [5, None])
def test_augmented_batches_are_the_batches_augmented(batch_size):
    transforms = ("rotate", "distort")
    for step in (1, 9, 4):
        plain = augmented_batches(batch_size, ())(3, step)
        batch = augmented_batches(batch_size, transforms)(3, step)
        images = "discriminator/images"
        plain[images] = augmentation.augment(
            plain[images], transforms, 3, "discriminator/augment", step)
        assert_equal(batch, plain)
        double = augmented_batches(batch_size, transforms, "float64")(3, step)
        assert_equal(double, {key: value.astype(np.float64) for key, value in batch.items()})


def test_flat_images_are_augmented_before_they_are_flattened():
    images = np.random.RandomState(0).randint(0, 256, (COUNT, 28, 28)).astype(np.uint8)
    hparams = hyperparameters.make("vae", {"batch_size": 5})
    dataset = DATASET._replace(images=images)
    plain = Batches(dataset, hparams)(1, 2)["vae/images"].reshape(5, 28, 28)
    expected = augmentation.augment(plain, ("crop",), 1, "vae/augment", 2)
    batch = Batches(dataset, hparams, transforms=("crop",))(1, 2)
    np.testing.assert_array_equal(batch["vae/images"], expected.reshape(5, 784))


class Numbers(Model):
    """What a model of numbers is fed."""

    batch_size = 4

    def batch_inputs(self):
        return {"joint": {"images": (1,)}}


def test_numbers_are_fed_as_they_are():
    points = np.linspace(0, 1, COUNT, dtype=np.float32)[:, None]
    batch = Batches(DATASET._replace(images=points), Numbers())(1, 1)["joint/images"]
    assert batch.shape == (4, 1)
    assert set(batch[:, 0].tolist()) < set(points[:, 0].tolist())


def test_numbers_are_not_augmented():
    with pytest.raises(UsageError) as caught:
        Batches(DATASET._replace(images=IMAGES[:, 0, :1]), Numbers(), transforms=("flip", "crop"))
    assert str(caught.value) == "--augment=flip,crop: expected none with a model of numbers"


def test_first_images_are_the_data_sets_whatever_the_batch_size():
    for batch_size in (5, 23):
        batch = make(batch_size=batch_size).first(seed=1, count=7)
        assert rows(batch) == list(range(7))
        assert batch["vae/epsilon"].tobytes() == noise(
            1, "vae/epsilon", 0, (7, 20), "float32").tobytes()


def test_first_of_more_than_there_are_is_all():
    batch = make().first(seed=1, count=1000)
    assert rows(batch) == list(range(COUNT))
    assert len(batch["vae/epsilon"]) == COUNT


def test_first_examples_keep_the_data_sets_shape_and_labels():
    labels = np.arange(COUNT, dtype=np.int32) % 10
    batches = Batches(DATASET._replace(labels=labels), hyperparameters.make(
        "vae", {"batch_size": 5}), "float64")
    examples = batches.first_examples(12)
    assert examples.images.shape == (12, 28, 28)
    assert examples.images[:, 3, 4].tolist() == list(range(12))
    assert examples.labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_each_repetition_of_the_critic_has_rows_noise_and_mixing_of_its_own():
    batches = make(model="wgan", n_critic=3, gradient_penalty=10.0)
    batch = batches(1, 7)
    critic = {"noise": (5, 100), "images": (5, 28, 28), "mixing": (5, 1)}
    shapes = {"discriminator/{}/{}".format(index, name): shape
              for index in range(3) for name, shape in critic.items()}
    assert {key: value.shape for key, value in batch.items()} == dict(
        shapes, **{"generator/noise": (5, 100)})
    for name in critic:
        draws = {batch["discriminator/{}/{}".format(i, name)].tobytes() for i in range(3)}
        assert len(draws) == 3
    for index in range(3):
        key = "discriminator/{}/images".format(index)
        epoch = sum((rows(batches(1, step), key) for step in range(5, 9)), [])
        assert len(set(epoch)) == 20
    batches(2, 3)
    assert_equal(batches(1, 7), batch)
    assert_equal(make(model="wgan", n_critic=3, gradient_penalty=10.0)(1, 7), batch)
    for seed, step in ((2, 7), (1, 8)):
        assert not np.array_equal(
            batches(seed, step)["discriminator/0/mixing"], batch["discriminator/0/mixing"])


def test_mixing_is_pinned():
    batch = make(model="wgan", n_critic=1, gradient_penalty=10.0)(1, 1234)
    assert batch["discriminator/mixing"][:3, 0].tolist() == [
        0.8829606771469116, 0.05824810266494751, 0.1360405683517456]


def test_examples_of_a_data_set_without_labels_are_labelled_minus_1():
    batches = Batches(DATASET._replace(labels=None), hyperparameters.make(
        "vae", {"batch_size": 5}))
    assert batches.first_examples(3).labels.tolist() == [-1, -1, -1]
