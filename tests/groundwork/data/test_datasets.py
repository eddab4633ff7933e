"""Tests of groundwork.data.datasets."""

import gzip
import hashlib
import os
import struct
import subprocess
import sys

import numpy as np
from PIL import Image
import pytest
from sklearn.datasets import load_digits

from groundwork.data import channels
from groundwork.data import cifar10
from groundwork.data import datasets
from groundwork.data import download
from groundwork.data import resizing
from groundwork.data import scalars
from groundwork.errors import UsageError

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
MNIST = os.path.join(REPOSITORY, "..", "shared", "data", "mnist")
IMAGES = np.random.RandomState(0).randint(0, 256, (5, 28, 28)).astype(np.uint8)
LABELS = np.array([3, 1, 4, 1, 5], np.uint8)


def write_idx(path, array):
    header = struct.pack(">{}I".format(1 + array.ndim), 0x00000800 + array.ndim, *array.shape)
    content = header + array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_split(folder, images=IMAGES, labels=LABELS, infix="-", suffix=""):
    write_idx(folder / "train-images{}idx3-ubyte{}".format(infix, suffix), images)
    write_idx(folder / "train-labels{}idx1-ubyte{}".format(infix, suffix), labels)
    return str(folder)


def error_of_load(*arguments, **keywords):
    with pytest.raises(UsageError) as caught:
        datasets.load(*arguments, **keywords)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("image_shape,digest", [
    ((28, 28), "70751884d76ec44f20a46078f0028ff191a2499649a00ab7443ce39d01bc485d"),
    ((8, 8), "2419f4cb9f601928271d8903881e89e6faf8ec9133f7cfac42a38fbe8ef19af6"),
    ((20, 36), "fb605a644bb5c0a63e1dc61886aa17de7b06cbb8c627241f5a8f607054d0a1bf"),
])
def test_digits_are_the_same_bytes_under_every_library_version(image_shape, digest):
    assert datasets.load("digits", image_shape).digest == digest


def test_digits_have_documented_shapes_types_and_range():
    dataset = datasets.load("digits")

    assert dataset.name == "digits"
    assert dataset.images.shape == (1797, 28, 28)
    assert dataset.images.dtype == np.uint8
    assert dataset.images.min() == 0 and dataset.images.max() == 255
    assert dataset.class_count == 10
    assert dataset.labels.shape == (1797,)
    assert dataset.labels.dtype == np.int32
    assert dataset.labels[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]


def test_unresampled_digits_differ_from_scikit_learns_by_rounding_to_bytes_only():
    images = datasets.scaled(datasets.load("digits", (8, 8)).images)

    np.testing.assert_allclose((images + 1) * 8, load_digits().images, rtol=0, atol=8 / 255 + 1e-6)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
@pytest.mark.parametrize("infix", ["-", "."])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_files_are_found_under_each_name(tmp_path, name, infix, suffix):
    dataset = datasets.load(name, data_dir=write_split(tmp_path, infix=infix, suffix=suffix))

    assert dataset.name == name
    assert dataset.images.dtype == np.uint8
    np.testing.assert_array_equal(dataset.images, IMAGES)
    assert dataset.labels.tolist() == [3, 1, 4, 1, 5]
    assert dataset.labels.dtype == np.int32


def test_idx_images_of_another_shape_are_resampled(tmp_path):
    dataset = datasets.load("mnist", (14, 20), data_dir=write_split(tmp_path))

    assert dataset.images.shape == (5, 14, 20)
    assert dataset.images.dtype == np.uint8


def test_digest_is_the_sha256_of_shape_images_and_labels(tmp_path):
    dataset = datasets.load("mnist", data_dir=write_split(tmp_path))

    images = datasets.scaled(dataset.images)
    content = struct.pack("<3q", 5, 28, 28) + images.tobytes() + dataset.labels.tobytes()
    assert dataset.digest == hashlib.sha256(content).hexdigest()


def test_digest_tells_contents_not_names_apart(tmp_path):
    folder = write_split(tmp_path)
    original = datasets.load("mnist", data_dir=folder).digest

    assert datasets.load("fashion_mnist", data_dir=folder).digest == original
    write_split(tmp_path, labels=LABELS[::-1])
    assert datasets.load("mnist", data_dir=folder).digest != original
    write_split(tmp_path, images=IMAGES.reshape(5, 14, 56))
    assert datasets.load("mnist", (14, 56), data_dir=folder).digest != original


def test_unknown_name_is_refused():
    assert error_of_load("cifar100") == (
        "--dataset: expected one of digits, mnist, fashion_mnist, cifar10, folder, npz, "
        "gaussian_mixture, sine_waves, lines, received 'cifar100'")


@pytest.mark.parametrize("image_shape", [
    28, (28,), (28, 28, 1), (28, 28, 4), (28, 28, 3, 1), (0, 28), (28, -1), (28.0, 28)])
def test_bad_image_shape_is_refused(image_shape):
    assert error_of_load("digits", image_shape) == (
        "image_shape: expected (), (height, width) or (height, width, 3), all positive integers, "
        "received {!r}".format(image_shape))


def test_data_dir_is_refused_for_digits(tmp_path):
    message = error_of_load("digits", data_dir=str(tmp_path))

    assert message.startswith("--data_dir: expected none with --dataset=digits")
    assert message.endswith("received {!r}".format(str(tmp_path)))


@pytest.mark.parametrize("name", ["", "missing"])
def test_missing_data_dir_is_refused(tmp_path, name):
    data_dir = name and str(tmp_path / name)

    assert error_of_load("mnist", data_dir=data_dir) == (
        "--data_dir: expected an existing folder, received {!r}, which does not exist".format(
            data_dir))


def test_data_dir_that_is_a_file_is_refused(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(b"")

    assert error_of_load("mnist", data_dir=str(path)) == (
        "--data_dir: expected an existing folder, received {!r}, which is a file".format(str(path)))


def test_data_dir_without_images_names_the_files(tmp_path):
    assert error_of_load("mnist", data_dir=str(tmp_path)) == (
        "--data_dir: expected a folder with one of train-images-idx3-ubyte, "
        "train-images-idx3-ubyte.gz, train-images.idx3-ubyte, train-images.idx3-ubyte.gz, "
        "received {!r}, which has none".format(str(tmp_path)))


def test_data_dir_without_labels_names_the_files(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte", IMAGES)

    assert error_of_load("mnist", data_dir=str(tmp_path)) == (
        "--data_dir: expected a folder with one of train-labels-idx1-ubyte, "
        "train-labels-idx1-ubyte.gz, train-labels.idx1-ubyte, train-labels.idx1-ubyte.gz, "
        "received {!r}, which has none".format(str(tmp_path)))


@pytest.mark.parametrize("count", [4, 6])
def test_images_and_labels_of_different_count_are_refused(tmp_path, count):
    write_split(tmp_path, labels=np.zeros(count, np.uint8))

    assert error_of_load("mnist", data_dir=str(tmp_path)) == (
        "{}: expected 5 labels, one for each image of {}, received {}".format(
            tmp_path / "train-labels-idx1-ubyte", tmp_path / "train-images-idx3-ubyte", count))


def test_label_beyond_the_ten_classes_is_refused(tmp_path):
    write_split(tmp_path, labels=np.array([0, 9, 10, 0, 0], np.uint8))

    assert error_of_load("mnist", data_dir=str(tmp_path)) == (
        "{}: expected labels from 0 to 9, received 10".format(tmp_path / "train-labels-idx1-ubyte"))


def test_damaged_file_is_refused_by_its_path(tmp_path):
    write_split(tmp_path, images=IMAGES[:0])

    assert error_of_load("mnist", data_dir=str(tmp_path)).startswith(
        "{}: expected at least one element".format(tmp_path / "train-images-idx3-ubyte"))


def test_data_dir_keeps_the_network_out(tmp_path, monkeypatch):
    monkeypatch.setattr(download, "fetch", None)

    assert len(datasets.load("mnist", data_dir=write_split(tmp_path)).images) == 5


def test_import_is_light():
    heavy = ("sklearn", "scipy", "PIL", "pooch", "requests", "tensorflow")
    script = ("import sys, groundwork.data.datasets; "
              "print([name for name in {!r} if name in sys.modules])".format(heavy))

    output = subprocess.check_output([sys.executable, "-c", script], cwd=REPOSITORY)

    assert output.decode().strip() == "[]"


@pytest.fixture(scope="module")
def mnist():
    if not os.path.isdir(MNIST):
        pytest.skip("the MNIST files are not in ../shared/data/mnist")
    return datasets.load("mnist", data_dir=MNIST)


def test_mnist_is_the_published_training_split(mnist):
    assert mnist.images.shape == (60000, 28, 28)
    assert mnist.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(mnist.labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    # The published SHA-256 of the unpacked files, headers included.
    assert hashlib.sha256(struct.pack(">4I", 0x803, 60000, 28, 28) + mnist.images.tobytes()
                          ).hexdigest() == (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db")
    labels = mnist.labels.astype(np.uint8)
    assert hashlib.sha256(struct.pack(">2I", 0x801, 60000) + labels.tobytes()).hexdigest() == (
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5")


def test_unpacked_mnist_has_the_digest_of_the_compressed(mnist, tmp_path):
    for name in (download.IMAGES_FILE, download.LABELS_FILE):
        with gzip.open(os.path.join(MNIST, name)) as file:
            (tmp_path / name[:-len(".gz")]).write_bytes(file.read())

    assert datasets.load("mnist", data_dir=str(tmp_path)).digest == mnist.digest == (
        "9bdc63513931c0be2ecaf1255d8bcc5ef8bc333e84eb7d4e1a064192df8eda0c")


def test_scaling_maps_bytes_to_minus_one_to_one_and_leaves_floats():
    levels = np.arange(256, dtype=np.uint8)
    scaled = datasets.scaled(levels)
    assert scaled.dtype == np.float32
    assert scaled.tolist() == (levels.astype(np.float32) / np.float32(127.5) - 1).tolist()
    assert (scaled[0], scaled[255]) == (-1, 1)
    assert datasets.scaled(scaled) is scaled


def test_grey_is_repeated_when_colour_is_wanted():
    grey, colour = (datasets.load("digits", shape) for shape in ((16, 20), (16, 20, 3)))
    assert colour.images.shape == (1797, 16, 20, 3)
    for channel in range(3):
        np.testing.assert_array_equal(colour.images[..., channel], grey.images)
    assert colour.digest != grey.digest


def test_colour_is_turned_to_luma_when_grey_is_wanted(tmp_path):
    rgb = np.random.RandomState(0).randint(0, 256, (4, 28, 28, 3)).astype(np.uint8)
    np.savez(str(tmp_path / "a.npz"), images=rgb)
    dataset = datasets.load("npz", data_dir=str(tmp_path / "a.npz"))
    np.testing.assert_array_equal(dataset.images, channels.to_grey(rgb))
    assert (dataset.labels, dataset.class_count) == (None, 0)
    colour = datasets.load("npz", (14, 14, 3), str(tmp_path / "a.npz"))
    np.testing.assert_array_equal(colour.images, resizing.resize(rgb, (14, 14)))


def test_float_images_stay_floats_and_have_the_digest_of_equal_bytes(tmp_path):
    np.savez(str(tmp_path / "a.npz"), images=IMAGES, labels=LABELS)
    np.savez(str(tmp_path / "b.npz"), images=datasets.scaled(IMAGES), labels=LABELS)
    as_bytes, as_floats = (datasets.load("npz", data_dir=str(tmp_path / name))
                           for name in ("a.npz", "b.npz"))
    assert (as_bytes.images.dtype, as_floats.images.dtype) == (np.uint8, np.float32)
    assert as_bytes.digest == as_floats.digest
    assert as_bytes.class_count == 6
    resized = datasets.load("npz", (9, 9, 3), str(tmp_path / "b.npz"))
    assert (resized.images.shape, resized.images.dtype) == ((5, 9, 9, 3), np.float32)


def test_digest_of_many_images_is_that_of_all(tmp_path):
    images = np.random.RandomState(0).randint(0, 256, (2500, 2, 3)).astype(np.uint8)
    np.savez(str(tmp_path / "a.npz"), images=images)
    dataset = datasets.load("npz", (2, 3), str(tmp_path / "a.npz"))
    content = struct.pack("<3q", 2500, 2, 3) + datasets.scaled(images).tobytes()
    assert dataset.digest == hashlib.sha256(content).hexdigest()


def test_a_folder_has_as_many_classes_as_folders(tmp_path):
    for name, value in (("b", 1), ("a", 2), ("c", 3)):
        (tmp_path / name).mkdir()
        Image.new("L", (40, 30), value).save(str(tmp_path / name / "1.png"))
    dataset = datasets.load("folder", (8, 8, 3), str(tmp_path))
    assert dataset.images.shape == (3, 8, 8, 3)
    assert dataset.images[:, 0, 0, 0].tolist() == [2, 1, 3]
    assert dataset.labels.tolist() == [0, 1, 2]
    assert dataset.labels.dtype == np.int32
    assert dataset.class_count == 3


def test_cifar10_is_loaded_in_its_own_shape(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar10, "_ROWS_A_FILE", 2)
    rows = np.random.RandomState(0).randint(0, 10, (5, 2, 3073)).astype(np.uint8)
    for number, content in enumerate(rows):
        (tmp_path / "data_batch_{}.bin".format(number + 1)).write_bytes(content.tobytes())
    dataset = datasets.load("cifar10", (32, 32, 3), str(tmp_path))
    np.testing.assert_array_equal(
        dataset.images.transpose(0, 3, 1, 2).reshape(10, 3072), rows.reshape(10, 3073)[:, 1:])
    assert dataset.class_count == 10
    assert datasets.load("cifar10", (28, 28), str(tmp_path)).images.shape == (10, 28, 28)


def test_numbers_of_images_are_their_mean_ink():
    numbers = datasets.load("digits", ())
    images = datasets.load("digits", (28, 28))
    np.testing.assert_array_equal(numbers.images, scalars.mean_ink(images.images))
    assert (numbers.images.shape, numbers.images.dtype) == ((1797, 1), np.float32)
    assert (numbers.images.min(), numbers.images.max()) == (0, 1)
    np.testing.assert_array_equal(numbers.labels, images.labels)
    assert numbers.digest != images.digest


def test_gaussian_mixture_is_numbers_with_their_component(tmp_path):
    dataset = datasets.load("gaussian_mixture", ())
    points, components = scalars.gaussian_mixture(0)
    np.testing.assert_array_equal(dataset.images, points)
    np.testing.assert_array_equal(dataset.labels, components)
    assert dataset.class_count == 2
    assert error_of_load("gaussian_mixture", (), str(tmp_path)).startswith(
        "--data_dir: expected none with --dataset=gaussian_mixture, which is drawn, received ")


@pytest.mark.parametrize("image_shape", [(28, 28), (64, 64, 3)])
def test_gaussian_mixture_is_refused_where_images_are_wanted(image_shape):
    assert error_of_load("gaussian_mixture", image_shape) == (
        "--dataset=gaussian_mixture: expected a data set of images for this model, received one of "
        "numbers")
