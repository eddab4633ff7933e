"""The second domain of models that translate images: made from the data set, or one of its own."""

import re

import numpy as np

from groundwork import randomness
from groundwork.data import datasets
from groundwork.data import memory
from groundwork.data import warping
from groundwork.errors import UsageError


TURNED_DEGREES = 20.0  # counter-clockwise
EDGE_SLOPE = 255.0  # of Sobel's operator, which gives 1020 at a step from black to white
# Domains are the same in every run, whatever seed the run has.
_PAINTING_SEED = 0


class Made:
    """Rows of a domain, made of a data set's rows as these are asked for.

    Attributes:
        source: the data set's images, an array or `image_files.ImageFiles`.
        shape, ndim, dtype: those of the source.
    """

    def __init__(self, source, make):
        """Args:
          source: images.
          make: function from some of these, and their rows, to as many of the same type and shape.
        """
        self.source, self._make = source, make
        self.shape, self.ndim, self.dtype = source.shape, source.ndim, source.dtype

    def __len__(self):
        return len(self.source)

    def __getitem__(self, rows):
        rows = np.arange(len(self))[rows]
        return self._make(self.source[rows], rows)


def negative(images, rows=None):
    """Images turned by `TURNED_DEGREES`, then inverted; uint8, or floats in [-1, 1]."""
    del rows  # the same of each
    maps = np.broadcast_to(warping.rotation(TURNED_DEGREES), (len(images), 2, 3))
    turned = warping.warp(images.astype(np.float32), maps)
    if images.dtype == np.uint8:
        return 255 - np.rint(turned).astype(np.uint8)
    return -turned


def edges(images, rows=None):
    """White lines on black where the brightness of images changes, by Sobel's operator and a
    threshold; uint8, or floats in [-1, 1]."""
    del rows
    return _of_brightness(np.where(slopes(images) > EDGE_SLOPE ** 2, 255.0, 0.0), images)


def slopes(images):
    """Squares of what Sobel's operator gives of the brightness, float64 [count, height, width]."""
    padded = np.pad(_brightness(images), [(0, 0), (1, 1), (1, 1)], mode="edge")
    across = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    down = padded[:, :, :-2] + 2 * padded[:, :, 1:-1] + padded[:, :, 2:]
    return np.square(across[:, :, 2:] - across[:, :, :-2]) + np.square(down[:, 2:] - down[:, :-2])


def painted(images, rows):
    """Images in two colours of their own, paper for what is black and ink for what is white."""
    colours = randomness.generator(_PAINTING_SEED, "painting").integers(
        128, size=(rows.max() + 1, 2, 3))[rows]
    paper, ink = colours[:, 0, None, None], 128 + colours[:, 1, None, None]
    parts = _brightness(images)[..., None] / 255
    coloured = paper + (ink - paper) * parts
    if images.ndim == 3:
        coloured = coloured[..., 0]
    return _of_pixels(coloured, images.dtype)


def _brightness(images):
    """Brightness in [0, 255], float64 [count, height, width], of grey or of coloured images."""
    pixels = images.astype(np.float64)
    if images.dtype != np.uint8:
        pixels = (pixels + 1) * 127.5
    return pixels if images.ndim == 3 else (pixels[..., 0] + pixels[..., 1] + pixels[..., 2]) / 3


def _of_brightness(bright, images):
    """Grey images of the type and the channels of others."""
    if images.ndim == 4:
        bright = np.repeat(bright[..., None], 3, axis=3)
    return _of_pixels(bright, images.dtype)


def _of_pixels(pixels, dtype):
    """Images of a type, from numbers in [0, 255]."""
    if dtype == np.uint8:
        return np.rint(pixels).astype(np.uint8)
    return (pixels / 127.5 - 1).astype(dtype)


# Domains that are made: what of the data set the first is (None: as it is), and what the second.
MADE = {"negative": (None, negative), "edges": (None, edges), "edges_of_painted": (painted, edges)}
NAMES = tuple(MADE) + tuple(name for name in datasets.NAMES if name != "gaussian_mixture")
# Data sets of which one can hold the partners of another's images, row by row.
_PAIRED = ("folder", "npz")


def with_second(dataset, hparams, name=None, data_dir=None,
                max_bytes=memory.DEFAULT_MAX_BYTES):
    """The data set with its second domain, where the model has one.

    Args:
        dataset: the `datasets.Dataset` of the first.
        hparams: the model's hyper-parameters.
        name: --dataset_b, or None for the model's own.
        data_dir: --data_dir_b.
        max_bytes: --max_data_bytes.

    Raises:
        UsageError: the model has one domain only, or there is no such data.
    """
    if not hparams.second_domain:
        for flag, value in (("dataset_b", name), ("data_dir_b", data_dir)):
            if value is not None:
                raise UsageError("--{}={}: expected none with a model of one domain".format(
                    flag, value))
        return dataset
    name = name or hparams.second_domain
    if name in MADE:
        if data_dir is not None:
            raise UsageError("--data_dir_b: expected none with --dataset_b={}, which is made from "
                             "--dataset, received {!r}".format(name, data_dir))
        return _made(dataset, name)
    if hparams.paired and (name not in _PAIRED or dataset.name != name):
        raise UsageError("--dataset_b={}: expected {}, or {} with --dataset of the same, since the "
                         "model takes pairs, received --dataset={}".format(
                             name, ", ".join(MADE), " or ".join(_PAIRED), dataset.name))
    try:
        second = datasets.load(name, hparams.image_shape, data_dir, max_bytes)
    except UsageError as error:
        raise UsageError(re.sub(r"--(dataset|data_dir)\b", r"--\1_b", str(error))) from error
    alone = set(_names(dataset)) ^ set(_names(second))
    if hparams.paired and alone:
        raise UsageError("--data_dir_b={}: expected a partner of the same name for each image of "
                         "--data_dir, received none for {}".format(data_dir, min(alone)))
    return dataset._replace(second=second)


def _names(dataset):
    """What pairs are found by: names, or else the rows."""
    return dataset.names or range(len(dataset.images))


def _made(dataset, name):
    """The data set with domains that are made of its images."""
    of_first, of_second = MADE[name]
    second = datasets.of_images(name, Made(dataset.images, of_second), dataset.labels,
                                dataset.class_count)
    if of_first is None:
        return dataset._replace(second=second)
    return datasets.of_images(dataset.name, Made(dataset.images, of_first), dataset.labels,
                              dataset.class_count)._replace(second=second)


def identity(dataset):
    """What tells runs on other second domains apart; nothing where there is none."""
    second = dataset.second
    return {"dataset_b": second.name, "data_digest_b": second.digest} if second else {}
