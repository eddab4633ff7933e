"""Reads MNIST and the data sets that are published in its form: an IDX file each of images, labels.
"""

from groundwork.data import download
from groundwork.data import idx
from groundwork.data import memory
from groundwork.data.raw_dataset import checked_folder, find_file, RawDataset
from groundwork.errors import UsageError

_CLASSES = 10

_IMAGES_FILES = ("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz",
                 "train-images.idx3-ubyte", "train-images.idx3-ubyte.gz")
_LABELS_FILES = ("train-labels-idx1-ubyte", "train-labels-idx1-ubyte.gz",
                 "train-labels.idx1-ubyte", "train-labels.idx1-ubyte.gz")


def read(name, data_dir, max_bytes=memory.DEFAULT_MAX_BYTES):
    """Reads the training split.

    Args:
        name: "mnist" or "fashion_mnist".
        data_dir: folder with the IDX files; None downloads them once.
        max_bytes: of either file's array, as `memory.check` takes it.

    Returns:
        `RawDataset` with uint8 images [count, height, width] and labels in [0, 10).

    Raises:
        UsageError: a file is missing, damaged or too large.
    """
    if data_dir is None:
        images_file, labels_file = download.fetch(name)
    else:
        folder = checked_folder(data_dir)
        images_file, labels_file = (
            find_file(folder, names) for names in (_IMAGES_FILES, _LABELS_FILES))
    images = idx.read(images_file, 3, max_bytes)
    labels = idx.read(labels_file, 1, max_bytes)
    if len(labels) != len(images):
        raise UsageError("{}: expected {} labels, one for each image of {}, received {}".format(
            labels_file, len(images), images_file, len(labels)))
    if labels.max() >= _CLASSES:
        raise UsageError("{}: expected labels from 0 to {}, received {}".format(
            labels_file, _CLASSES - 1, labels.max()))
    return RawDataset(images, labels, _CLASSES)
