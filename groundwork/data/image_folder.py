"""Reads a folder of images, one sub-folder a class, as Pillow decodes them."""

import os
import struct
import warnings
import zlib

import numpy as np

from groundwork.data.raw_dataset import checked_folder, RawDataset
from groundwork.errors import UsageError

_SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L", "I;16N")  # Pillow's modes; "I" before Pillow 10
# What Pillow's decoders raise on damaged files, beside its own DecompressionBombError.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError,
            OverflowError, MemoryError, struct.error, zlib.error)


def read(data_dir, image_shape):
    """Reads every image, resampled to one shape with Pillow's bicubic filter.

    Sub-folders in sorted order are classes 0, 1, 2...; hidden files and folders are ignored.
    Transparent images are laid on white; 16-bit grey is scaled to 8 bits. JPEG decoders differ in
    the last bit, so another Pillow may give another digest.

    Args:
        data_dir: the folder; nothing but class folders in it, and nothing but images in these.
        image_shape: (height, width) for grey or (height, width, 3) for RGB, in pixels.

    Returns:
        `RawDataset` with uint8 images [count, *image_shape].

    Raises:
        UsageError: the folder is built otherwise, or a file is no image.
    """
    if data_dir is None:
        raise UsageError("--data_dir: expected a folder with a sub-folder of images for each class "
                         "(--dataset=folder), received nothing")
    classes = _class_folders(checked_folder(data_dir))
    files = [(path, label) for label, folder in enumerate(classes) for path in _files(folder)]
    images = np.empty((len(files),) + tuple(image_shape), np.uint8)
    labels = np.empty(len(files), np.int32)
    for row, (path, label) in enumerate(files):
        images[row] = _decode(path, image_shape)
        labels[row] = label
    return RawDataset(images, labels, len(classes))


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


def _decode(path, image_shape):
    """Returns uint8 of the wanted shape."""
    from PIL import Image

    height, width = image_shape[:2]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as file:
                image = _opaque(file)
    except Image.UnidentifiedImageError:
        raise UsageError("{}: expected an image, received another file".format(path))
    except _DAMAGED + (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UsageError("{}: expected a readable image, received: {}".format(path, error))
    image = image.convert("RGB" if len(image_shape) == 3 else "L")
    return np.asarray(image.resize((width, height), Image.BICUBIC))


def _opaque(image):
    """Returns an image of 8 bits a channel without transparency."""
    from PIL import Image

    if image.mode in _SIXTEEN_BITS:
        return Image.fromarray(_eight_bits(np.asarray(image).astype(np.int64)))
    if image.mode == "F":
        raise ValueError("pixels of floating-point type")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _eight_bits(values):
    """Maps [0, 65535] to the nearest of [0, 255]."""
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("pixels from {} to {}, beyond 16 bits".format(values.min(), values.max()))
    return ((values + 128) // 257).astype(np.uint8)
