"""The data sets, as grey images in [-1, 1] with their class labels."""

import hashlib
import numbers
import os
from typing import NamedTuple

import numpy as np

from groundwork.data import download
from groundwork.data import idx
from groundwork.data import resizing
from groundwork.errors import UsageError

NAMES = ("digits", "mnist", "fashion_mnist")
_CLASSES = 10

_IMAGES_FILES = ("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz",
                 "train-images.idx3-ubyte", "train-images.idx3-ubyte.gz")
_LABELS_FILES = ("train-labels-idx1-ubyte", "train-labels-idx1-ubyte.gz",
                 "train-labels.idx1-ubyte", "train-labels.idx1-ubyte.gz")


class Dataset(NamedTuple):
    """A data set that is held in memory as a whole."""
    name: str
    images: np.ndarray  # float32 [count, height, width] in [-1, 1]
    labels: np.ndarray  # int32 [count] in [0, 10)
    digest: str  # SHA-256 of shape, images and labels; two names with one content share it


class _Bytes(NamedTuple):
    """A data set as it is stored."""
    images: np.ndarray  # uint8 [count, height, width]
    labels: np.ndarray  # integers [count]


def load(name, image_shape=(28, 28), data_dir=None):
    """Loads a data set; of MNIST and Fashion-MNIST the training split.

    Args:
        name: one of `NAMES`.
        image_shape: (height, width) to which images of another shape are resampled, in pixels.
        data_dir: folder with the IDX files; None downloads them once. Not for `digits`.

    Returns:
        The `Dataset`.

    Raises:
        UsageError: an argument is not acceptable, or a file is missing or damaged.
    """
    if name not in NAMES:
        raise UsageError("--dataset: expected one of {}, received {!r}".format(
            ", ".join(NAMES), name))
    image_shape = _checked_image_shape(image_shape)
    if name == "digits":
        if data_dir is not None:
            raise UsageError("--data_dir: expected none with --dataset=digits, which scikit-learn "
                             "brings along, received {!r}".format(data_dir))
        stored = _load_digits()
    else:
        stored = _load_idx(download.fetch(name) if data_dir is None else _find_files(data_dir))
    images = _scale(resizing.resize(stored.images, image_shape))
    labels = stored.labels.astype(np.int32)
    return Dataset(name, images, labels, _digest(images, labels))


def _checked_image_shape(image_shape):
    if (not isinstance(image_shape, (tuple, list)) or len(image_shape) != 2
            or not all(isinstance(n, numbers.Integral) and n > 0 for n in image_shape)):
        raise UsageError("image_shape: expected (height, width), two positive integers, "
                         "received {!r}".format(image_shape))
    return tuple(int(n) for n in image_shape)


def _load_digits():
    from sklearn.datasets import load_digits

    digits = load_digits()
    # The values are 0..16.
    return _Bytes(np.rint(digits.images * 255 / 16).astype(np.uint8), digits.target)


def _find_files(data_dir):
    if not os.path.isdir(data_dir):
        raise UsageError("--data_dir: expected an existing folder, received {!r}, which {}".format(
            data_dir, "is a file" if os.path.exists(data_dir) else "does not exist"))
    return download.Files(
        _find_file(data_dir, _IMAGES_FILES), _find_file(data_dir, _LABELS_FILES))


def _find_file(data_dir, names):
    """Returns the path of the first of the named files that is there."""
    for name in names:
        path = os.path.join(data_dir, name)
        if os.path.isfile(path):
            return path
    raise UsageError("--data_dir: expected a folder with one of {}, received {!r}, which has "
                     "none".format(", ".join(names), data_dir))


def _load_idx(files):
    images = idx.read(files.images, dimensions=3)
    labels = idx.read(files.labels, dimensions=1)
    if len(labels) != len(images):
        raise UsageError("{}: expected {} labels, one for each image of {}, received {}".format(
            files.labels, len(images), files.images, len(labels)))
    if labels.max() >= _CLASSES:
        raise UsageError("{}: expected labels from 0 to {}, received {}".format(
            files.labels, _CLASSES - 1, labels.max()))
    return _Bytes(images, labels)


def _scale(images):
    """Maps uint8 in [0, 255] to float32 in [-1, 1]."""
    scaled = images.astype(np.float32)
    scaled /= 127.5
    scaled -= 1
    return scaled


def _digest(images, labels):
    """Returns the SHA-256 of the content in little-endian bytes, as on every machine."""
    sha256 = hashlib.sha256()
    for array, dtype in ((images.shape, "<i8"), (images, "<f4"), (labels, "<i4")):
        sha256.update(np.ascontiguousarray(array, dtype).reshape(-1))
    return sha256.hexdigest()
