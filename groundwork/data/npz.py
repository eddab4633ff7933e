"""Reads a data set of one's own from a NumPy archive with the arrays `images` and `labels`."""

import os

import numpy as np

from groundwork.data import memory
from groundwork.data import npz_members
from groundwork.data.raw_dataset import RawDataset
from groundwork.errors import UsageError

_MAX_REASON = 200  # letters of a message


def read(data_dir, max_bytes=memory.DEFAULT_MAX_BYTES):
    """Reads the archive; pickled objects in it are refused, since unpickling runs them.

    The type decides the range of `images`: uint8 is [0, 255]; floats are [-1, 1] if one of them is
    negative, [0, 1] if none is.

    Args:
        data_dir: path of the .npz file. Its `images` are [count, height, width], or
            [count, height, width, channels] with 1 or 3 channels; its `labels`, which may be
            missing, integers [count] from 0.
        max_bytes: of both, as `memory.check` takes it.

    Returns:
        `RawDataset` with uint8 images, or float32 images in [-1, 1].

    Raises:
        UsageError: there is no such file, or an array is missing, damaged, too large or of another
            kind.
    """
    if data_dir is None or not os.path.isfile(data_dir):
        raise UsageError("--data_dir: expected an .npz file (--dataset=npz), received {}".format(
            "nothing" if data_dir is None else repr(data_dir) + (
                ", which is a folder" if os.path.isdir(data_dir) else
                ", which is no regular file" if os.path.exists(data_dir) else
                ", which does not exist")))
    try:
        arrays = npz_members.read(data_dir, ("images", "labels"), max_bytes)
    except npz_members.DAMAGED as error:
        # NumPy quotes a header, however long, that it cannot read.
        reason = " ".join(str(error).split())[:_MAX_REASON] or type(error).__name__
        raise UsageError("{}: expected a readable .npz archive without pickled objects, received: "
                         "{}".format(data_dir, reason))
    if "images" not in arrays:
        raise UsageError("{}: expected an array named images, received none".format(data_dir))
    images = _images(data_dir, arrays["images"])
    if "labels" not in arrays:
        return RawDataset(images, None, 0)
    labels = _labels(data_dir, arrays["labels"], len(images))
    return RawDataset(images, labels, int(labels.max()) + 1)


def _images(path, images):
    if images.ndim not in (3, 4) or images.shape[3:] not in ((), (1,), (3,)) or not images.size:
        raise UsageError("{}: expected images [count, height, width] or [count, height, width, 1 "
                         "or 3], none of them 0, received the shape {}".format(path, images.shape))
    if images.shape[3:] == (1,):
        images = images[..., 0]
    if images.dtype == np.uint8:
        return images
    if not np.issubdtype(images.dtype, np.floating):
        raise UsageError("{}: expected images of type uint8 or float, received {}".format(
            path, images.dtype))
    if not np.isfinite(images).all():
        raise UsageError("{}: expected finite images, received NaN or infinity".format(path))
    low, high = images.min(), images.max()
    if low < -1 or high > 1:
        raise UsageError("{}: expected float images in [0, 1] or [-1, 1], received values from {} "
                         "to {}".format(path, low, high))
    images = images.astype(np.float32)
    if low >= 0:
        images *= 2
        images -= 1
    return images


def _labels(path, labels, count):
    if labels.shape != (count,) or not np.issubdtype(labels.dtype, np.integer):
        raise UsageError("{}: expected {} whole numbers as labels, one for each image, received {} "
                         "of shape {}".format(path, count, labels.dtype, labels.shape))
    if labels.min() < 0 or labels.max() > np.iinfo(np.int32).max:
        raise UsageError("{}: expected labels from 0 to 2**31 - 1, received {} to {}".format(
            path, labels.min(), labels.max()))
    return labels
