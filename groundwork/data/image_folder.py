"""Reads a folder of images, one sub-folder a class, as Pillow decodes them."""

import os

import numpy as np

from groundwork.data import memory
from groundwork.data.image_files import ImageFiles
from groundwork.data.raw_dataset import checked_folder, RawDataset
from groundwork.errors import UsageError


def read(data_dir, image_shape, max_bytes=memory.DEFAULT_MAX_BYTES):
    """Reads every image, resampled to one shape with Pillow's bicubic filter.

    Images that together take more memory than they may stay in their files until rows of them are
    asked for.

    Sub-folders in sorted order are classes 0, 1, 2...; hidden files and folders are ignored.
    JPEG decoders differ in the last bit, so another Pillow may give another digest.

    Args:
        data_dir: the folder; nothing but class folders in it, and nothing but images in these.
        image_shape: (height, width) for grey or (height, width, 3) for RGB, in pixels.
        max_bytes: of the images in memory, beside the free memory.

    Returns:
        `RawDataset` with uint8 images [count, *image_shape], an array or `ImageFiles`.

    Raises:
        UsageError: the folder is built otherwise, or a file is no image.
    """
    if data_dir is None:
        raise UsageError("--data_dir: expected a folder with a sub-folder of images for each class "
                         "(--dataset=folder), received nothing")
    classes = _class_folders(checked_folder(data_dir))
    files = [(path, label) for label, folder in enumerate(classes) for path in _files(folder)]
    labels = np.array([label for _, label in files], np.int32)
    images = ImageFiles([path for path, _ in files], image_shape)
    if memory.holds(images.nbytes, max_bytes):
        images = images[:]
    names = tuple(os.path.splitext(os.path.relpath(path, data_dir))[0] for path, _ in files)
    return RawDataset(images, labels, len(classes), names)


def _class_folders(data_dir):
    paths = _visible(data_dir)
    if not paths:
        raise UsageError("--data_dir: expected a folder with a sub-folder of images for each "
                         "class, received {!r}, which is empty".format(data_dir))
    for path in paths:
        if not os.path.isdir(path):
            raise UsageError("--data_dir: expected a folder with class sub-folders only, received "
                             "{!r}, which holds the file {!r}".format(
                                 data_dir, os.path.basename(path)))
    return paths


def _files(folder):
    paths = _visible(folder)
    if not paths:
        raise UsageError("{}: expected images of a class, received an empty folder".format(folder))
    return paths


def _visible(folder):
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder))
                if not name.startswith(".")]
    except OSError as error:
        raise UsageError("{}: expected a readable folder, received: {}".format(folder, error))
