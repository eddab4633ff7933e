"""Tests of groundwork.data.image_files: data sets of images that are read as needed."""

import numpy as np
from PIL import Image
import pytest

from groundwork import hyperparameters
from groundwork.data import datasets
from groundwork.data.batches import Batches
from groundwork.data.image_files import ImageFiles
from groundwork.errors import UsageError

COUNT = 12
BYTES = 64 * 64 * 3


@pytest.fixture(name="folder")
def fixture_folder(tmp_path):
    pixels = np.random.RandomState(0).randint(0, 256, (COUNT, 20, 30, 3)).astype(np.uint8)
    for number, image in enumerate(pixels):
        path = tmp_path / "class{}".format(number % 3) / "{:02d}.png".format(number)
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(image).save(str(path))
    return tmp_path


def load(folder, image_shape=(64, 64, 3), max_bytes=4 * BYTES):
    return datasets.load("folder", image_shape, str(folder), max_bytes)


def test_what_exceeds_the_memory_is_read_as_needed_and_is_the_same_data_set(folder):
    lazy, whole = load(folder), load(folder, max_bytes=COUNT * BYTES)
    assert isinstance(lazy.images, ImageFiles) and isinstance(whole.images, np.ndarray)
    assert lazy.digest == whole.digest
    assert lazy.labels.tolist() == whole.labels.tolist()
    assert (lazy.images.shape, lazy.images.ndim, lazy.images.dtype, lazy.images.nbytes) == (
        whole.images.shape, whole.images.ndim, whole.images.dtype, whole.images.nbytes)
    for rows in (slice(2), slice(-3, None), np.array([7, 1, 7]), [3]):
        np.testing.assert_array_equal(lazy.images[rows], whole.images[rows])


def test_batches_have_the_same_bytes(folder):
    hparams = hyperparameters.make("dcgan", {"batch_size": 3})
    lazy, whole = (Batches(load(folder, max_bytes=size), hparams, transforms=("rotate", "flip"))
                   for size in (4 * BYTES, COUNT * BYTES))
    for step in (1, 4, 5, 1000):
        one, other = lazy(7, step), whole(7, step)
        assert sorted(one) == sorted(other)
        for name in one:
            assert one[name].tobytes() == other[name].tobytes()
    assert lazy.first(7, 4).keys() == whole.first(7, 4).keys()
    np.testing.assert_array_equal(lazy.first_examples(4).images, whole.first_examples(4).images)
    assert lazy.numbers is None


def test_numbers_of_images_are_the_same(folder):
    lazy, whole = (load(folder, (), size) for size in (28 * 28, COUNT * 28 * 28))
    np.testing.assert_array_equal(lazy.images, whole.images)


def test_batch_of_the_whole_is_refused(folder):
    hparams = hyperparameters.make("dcgan", {"batch_size": None})
    dataset = load(folder)
    with pytest.raises(UsageError) as caught:
        Batches(dataset, hparams)
    assert str(caught.value) == (
        "--batch_size=full: expected fewer than all images, which are more than --max_data_bytes "
        "or the free memory")


def test_file_that_changes_after_the_digest_is_refused(folder):
    dataset = load(folder)
    path = folder / "class0" / "03.png"
    Image.new("RGB", (20, 30), "white").save(str(path))
    dataset.images[:1]
    with pytest.raises(UsageError) as caught:
        dataset.images[1:2]
    assert str(caught.value).startswith("{}: expected the image that was there when".format(path))
    path.unlink()
    with pytest.raises(UsageError) as caught:
        dataset.images[1:2]
    assert str(caught.value).startswith("{}: expected a readable image, received: ".format(path))
