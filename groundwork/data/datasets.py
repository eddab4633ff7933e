"""The data sets, as images or numbers with their class labels."""

import hashlib
import numbers
from typing import Any, NamedTuple, Optional

import numpy as np

from groundwork.data import channels
from groundwork.data import cifar10
from groundwork.data import digits
from groundwork.data import image_folder
from groundwork.data import lines
from groundwork.data import memory
from groundwork.data import mnist
from groundwork.data import npz
from groundwork.data import resizing
from groundwork.data import scalars
from groundwork.data import sine_waves
from groundwork.data.raw_dataset import RawDataset
from groundwork.errors import UsageError

# A data set is the same in every run, whatever seed the run has.
_DRAWN_SEED = 0
_INK_SHAPE = (28, 28)  # of the images whose mean brightness is taken
_DIGEST_CHUNK = 1024  # images


class Dataset(NamedTuple):
    """A data set, its bytes as bytes; `scaled` makes them floats."""
    name: str
    # uint8 in [0, 255] or float32 in [-1, 1], [count, height, width] or [count, height, width, 3];
    # or numbers: float32 in [0, 1], [count, 1]; or sequences: float32 in [-1, 1], [count, steps,
    # features]. An array, or `image_files.ImageFiles`: rows that are read as needed.
    images: Any
    labels: Optional[np.ndarray]  # int32 [count] in [0, class_count)
    digest: str  # SHA-256 of shape, scaled images and labels; equal contents share it
    class_count: int  # 0: there are no labels
    names: tuple = ()  # of the images, without endings; () where they have none
    second: Any = None  # the `Dataset` of the second domain (`groundwork.data.domains`)


def load(name, image_shape=(28, 28), data_dir=None, max_bytes=memory.DEFAULT_MAX_BYTES,
         alphabet=""):
    """Loads a data set; of MNIST, Fashion-MNIST and CIFAR-10 the training split.

    Args:
        name: one of `NAMES`.
        image_shape: what an example shall be. (height, width) in pixels: a grey image, colours
            turned to luma. (height, width, 3): an RGB image, grey repeated. (): a number in [0, 1],
            an image's mean brightness (`scalars.mean_ink`, of 28x28 pixels). Images of another
            height and width are resampled. Of `sine_waves` and `lines`: (steps, features).
        data_dir: folder with the files, for `npz` and `lines` the file; None downloads `mnist`,
            `fashion_mnist` and `cifar10` once. Not for `digits`, nor for what is drawn.
        max_bytes: of the images in memory (--max_data_bytes); of `folder`, those beyond it are read
            as needed.
        alphabet: for `lines`, the characters by their numbers.

    Returns:
        The `Dataset`.

    Raises:
        UsageError: an argument is not acceptable, or a file is missing, damaged or too large.
    """
    if name not in NAMES:
        raise UsageError("--dataset: expected one of {}, received {!r}".format(
            ", ".join(NAMES), name))
    image_shape = _checked_image_shape(image_shape)
    if name == "gaussian_mixture":
        raw = _load_mixture(image_shape, data_dir)
    elif name == "sine_waves":
        raw = _load_sine_waves(image_shape, data_dir)
    elif name == "lines":
        raw = _load_lines(image_shape, data_dir, alphabet, max_bytes)
    else:
        raw = _load_images(name, image_shape or _INK_SHAPE, data_dir, max_bytes)
        if not image_shape:
            raw = raw._replace(images=scalars.mean_ink(raw.images))
    labels = None if raw.labels is None else raw.labels.astype(np.int32)
    return of_images(name, raw.images, labels, raw.class_count)._replace(names=raw.names)


def of_images(name, images, labels, class_count):
    """The `Dataset` of images or numbers, with their digest."""
    return Dataset(name, images, labels, _digest(images, labels), class_count)


def scaled(images):
    """Maps uint8 in [0, 255] to float32 in [-1, 1]; floats stay as they are."""
    if images.dtype != np.uint8:
        return images
    floats = images.astype(np.float32)
    floats /= 127.5
    floats -= 1
    return floats


def _checked_image_shape(image_shape):
    if (not isinstance(image_shape, (tuple, list)) or len(image_shape) not in (0, 2, 3)
            or not all(isinstance(n, numbers.Integral) and n > 0 for n in image_shape)
            or tuple(image_shape[2:]) not in ((), (3,))):
        raise UsageError("image_shape: expected (), (height, width) or (height, width, 3), all "
                         "positive integers, received {!r}".format(image_shape))
    return tuple(int(n) for n in image_shape)


def _load_images(name, image_shape, data_dir, max_bytes):
    raw = _READERS[name](data_dir, image_shape, max_bytes)
    images = raw.images
    if images.shape[1:3] != image_shape[:2]:
        height, width = image_shape[:2]
        memory.check("--dataset={}: {} images of {}x{} pixels".format(
            name, len(images), height, width), _resized_bytes(images, image_shape), max_bytes)
    if len(image_shape) == 2 and images.ndim == 4:
        images = channels.to_grey(images)
    images = resizing.resize(images, image_shape[:2])
    if len(image_shape) == 3 and images.ndim == 3:
        images = channels.to_colour(images)
    return raw._replace(images=images)


def _resized_bytes(images, image_shape):
    channels_kept = 3 if images.ndim == 4 and len(image_shape) == 3 else 1
    return len(images) * image_shape[0] * image_shape[1] * channels_kept * images.dtype.itemsize


def _load_digits(data_dir):
    _refuse_data_dir("digits", data_dir, "which scikit-learn brings along")
    return digits.read()


# Of images: functions of (--data_dir, image shape, --max_data_bytes).
_READERS = {
    "digits": lambda data_dir, _, max_bytes: _load_digits(data_dir),
    "mnist": lambda data_dir, _, max_bytes: mnist.read("mnist", data_dir, max_bytes),
    "fashion_mnist":
        lambda data_dir, _, max_bytes: mnist.read("fashion_mnist", data_dir, max_bytes),
    "cifar10": lambda data_dir, _, max_bytes: cifar10.read(data_dir, max_bytes),
    "folder": image_folder.read,
    "npz": lambda data_dir, _, max_bytes: npz.read(data_dir, max_bytes),
}
NAMES = tuple(_READERS) + ("gaussian_mixture", "sine_waves", "lines")


def _load_mixture(image_shape, data_dir):
    _refuse_data_dir("gaussian_mixture", data_dir, "which is drawn")
    if image_shape:
        raise UsageError("--dataset=gaussian_mixture: expected a data set of images for this "
                         "model, received one of numbers")
    points, components = scalars.gaussian_mixture(_DRAWN_SEED)
    return RawDataset(points, components, len(scalars.MEANS))


def _load_sine_waves(shape, data_dir):
    _refuse_data_dir("sine_waves", data_dir, "which are drawn")
    if shape != (sine_waves.LENGTH, 1):
        raise UsageError("--dataset=sine_waves: expected a data set of {} for this model, received "
                         "one of sequences".format("images" if shape else "numbers"))
    return RawDataset(sine_waves.draw(_DRAWN_SEED), None, 0)


def _load_lines(shape, data_dir, alphabet, max_bytes):
    if not alphabet:
        raise UsageError("--dataset=lines: expected a data set of {} for this model, received one "
                         "of text".format("images" if shape else "numbers"))
    return lines.read(data_dir, shape, alphabet, max_bytes)


def _refuse_data_dir(name, data_dir, reason):
    if data_dir is not None:
        raise UsageError("--data_dir: expected none with --dataset={}, {}, received {!r}".format(
            name, reason, data_dir))


def _digest(images, labels):
    """Returns the SHA-256 of the content in little-endian bytes, as on every machine."""
    sha256 = hashlib.sha256()
    sha256.update(np.array(images.shape, "<i8"))
    for first in range(0, len(images), _DIGEST_CHUNK):
        chunk = scaled(images[first:first + _DIGEST_CHUNK])
        sha256.update(np.ascontiguousarray(chunk, "<f4").reshape(-1))
    if labels is not None:
        sha256.update(np.ascontiguousarray(labels, "<i4"))
    return sha256.hexdigest()
