"""Decodes an image file that is not trusted, as Pillow does, to 8 bits a channel."""

import contextlib
import logging
import struct
import warnings
import zlib

import numpy as np

from groundwork import silence
from groundwork.data import regular_file
from groundwork.errors import UsageError

_SIXTEEN_BITS = ("I", "I;16", "I;16B", "I;16L", "I;16N")  # Pillow's modes; "I" before Pillow 10
# What Pillow's decoders raise on damaged files, beside its own DecompressionBombError.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError,
            AttributeError, AssertionError, ArithmeticError, RuntimeError, MemoryError,
            struct.error, zlib.error)
_MAX_FILE_BYTES = 2 ** 29  # some of Pillow's decoders read the whole file at once
_MAX_SCANS = 100  # of a progressive JPEG; usual are 10
# Of a strip in which pixels are converted, so that no large image is there in several forms.
_STRIP_PIXELS = 2 ** 20


def decode(path, image_shape):
    """Reads one image, resampled with Pillow's bicubic filter.

    Transparent images are laid on white; 16-bit grey is scaled to 8 bits.

    Args:
        path: the file.
        image_shape: (height, width) for grey or (height, width, 3) for RGB, in pixels.

    Returns:
        uint8 array of that shape.

    Raises:
        UsageError: the file is no image, damaged, or has more pixels than Pillow finds safe.
    """
    from PIL import Image

    # Pillow says there, beside its exception, what is wrong with a TIFF.
    logging.getLogger("PIL").setLevel(logging.CRITICAL)
    try:
        with regular_file.open_binary(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _resampled(file, image_shape)
    except Image.UnidentifiedImageError:
        raise UsageError("{}: expected an image, received another file".format(path))
    except _DAMAGED + (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UsageError("{}: expected a readable image, received: {}".format(
            path, error or type(error).__name__))


def _resampled(file, image_shape):
    from PIL import Image

    size = regular_file.size_of(file)
    if size > _MAX_FILE_BYTES:
        raise ValueError("{} bytes, more than {}".format(size, _MAX_FILE_BYTES))
    with Image.open(file) as image:
        if image.format == "EPS":
            raise ValueError("PostScript, which is a program")
        if image.info.get("progressive"):
            _bound_scans(file)
        # Libtiff prints what is wrong with a TIFF.
        with silence.silenced_stderr() if image.format == "TIFF" else contextlib.nullcontext():
            image = _opaque(image)
    height, width = image_shape[:2]
    image = image.convert("RGB" if len(image_shape) == 3 else "L")
    return np.asarray(image.resize((width, height), Image.BICUBIC))


def _bound_scans(file):
    """Refuses a JPEG of thousands of scans, 14 bytes each, which all go through all pixels."""
    place = file.tell()
    file.seek(0)
    scans = file.read().count(b"\xff\xda")
    file.seek(place)
    if scans > _MAX_SCANS:
        raise ValueError("{} scans of a JPEG, more than {}".format(scans, _MAX_SCANS))


def _opaque(image):
    """Returns an image of 8 bits a channel without transparency."""
    if image.mode in _SIXTEEN_BITS:
        return _by_strips(image, "L", _eight_bits)
    if image.mode == "F":
        raise ValueError("pixels of floating-point type")
    if "A" in image.getbands() or "transparency" in image.info:
        return _by_strips(image, "RGB", _on_white)
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _by_strips(image, mode, convert):
    """Applies a function of images, pixel by pixel, that gives one of that mode."""
    from PIL import Image

    whole = Image.new(mode, image.size)
    rows = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        box = (0, top, image.width, min(top + rows, image.height))
        whole.paste(convert(image.crop(box)), box)
    return whole


def _on_white(image):
    from PIL import Image

    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _eight_bits(image):
    """Maps [0, 65535] to the nearest of [0, 255]."""
    from PIL import Image

    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("pixels from {} to {}, beyond 16 bits".format(values.min(), values.max()))
    return Image.fromarray(((values + 128) // 257).astype(np.uint8))
