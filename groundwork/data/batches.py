"""Batches: a pure function of (seed, step), equal in both wings and under both TensorFlows."""

import functools
from typing import NamedTuple

import numpy as np

from groundwork import randomness
from groundwork.data import augmentation
from groundwork.data import datasets
from groundwork.data.image_files import ImageFiles
from groundwork.errors import UsageError
from groundwork.models.model import MASK_SEED


@functools.lru_cache(maxsize=8)
def _shuffled(seed, phase, epoch, count):
    return randomness.generator(seed, phase + "/rows", epoch).permutation(count)


def noise(seed, stream, index, shape, dtype):
    """Standard normal numbers, of float32 in both precisions, so that these can be compared."""
    # Drawn in float64: one in 40,000 float32 draws is another number in another NumPy.
    draw = randomness.generator(seed, stream, index).standard_normal(shape)
    return draw.astype(np.float32).astype(dtype, copy=False)


def mixing(seed, stream, index, shape, dtype):
    """Uniform numbers in [0, 1), of float32 in both precisions (the gradient penalty's lines)."""
    # Rounded down to 24 bits: rounding to the nearest float32 could give 1.
    draw = randomness.generator(seed, stream, index).integers(2 ** 24, size=shape)
    return (draw / 2.0 ** 24).astype(dtype)


def mask_seed(seed, stream, index):
    """Two int32 below 2**30: what a program adds to tell its masks apart does not overflow."""
    return randomness.generator(seed, stream, index).integers(2 ** 30, size=2).astype(np.int32)


def sample_batch(hparams, seed, dtype="float32", count=None):
    """Noise from which images, or numbers, are generated: `{"sample/<input>": array}`.

    Args:
      hparams: the model's hyper-parameters.
      seed: of the noise; the first rows do not depend on the count.
      dtype: of the arrays.
      count: rows; None for the model's `sample_count`.
    """
    rows = (count or hparams.sample_count,)
    return {"sample/" + name: noise(seed, "sample/" + name, 0, rows + shape, dtype)
            for name, shape in hparams.sample_inputs().items()}


class Examples(NamedTuple):
    """Images with their class labels."""

    images: np.ndarray  # [count, height, width] in [-1, 1]
    labels: np.ndarray  # int32 [count]; -1 in a data set that has none


class Batches:
    """`batches(seed, step)` gives `{"<phase>/<input>": array}`; steps count from 1.

    Rows are shuffled anew each epoch, for each phase on its own; the short rest of an epoch is
    dropped, so shapes never change. A batch of the whole data set keeps its order.
    """

    def __init__(self, dataset, hparams, dtype="float32", transforms=()):
        """Args:
          dataset: a `datasets.Dataset`.
          hparams: the model's hyper-parameters.
          dtype: of the batches.
          transforms: how images are augmented, some of `augmentation.NAMES`.

        Raises:
          UsageError: the batch is larger than the data set, or all of one that stays in its files;
            or numbers are to be augmented.
        """
        count = len(dataset.images)
        self.batch_size = hparams.batch_size or count
        if self.batch_size > count:
            raise UsageError("--batch_size={}: expected at most {} images ({}), or full".format(
                self.batch_size, count, dataset.name))
        self.steps_per_epoch = count // self.batch_size
        if transforms and dataset.images.ndim < 3:
            raise UsageError("--augment={}: expected none with a model of numbers".format(
                ",".join(transforms)))
        # A batch of everything needs everything as floats, once and not at each step.
        whole = self.batch_size == count
        if whole and isinstance(dataset.images, ImageFiles):
            raise UsageError("--batch_size={}: expected fewer than all images, which are more than "
                             "--max_data_bytes or the free memory".format(
                                 hparams.batch_size or "full"))
        self._images = datasets.scaled(dataset.images) if whole else dataset.images
        self._transforms = transforms
        self._labels = (np.full(count, -1, np.int32) if dataset.labels is None
                        else dataset.labels)
        self._phases = hparams.batch_inputs()
        self._dtype = dtype

    def __call__(self, seed, step):
        return self._batch(seed, step, self.batch_size,
                           lambda phase: self._batch_of_images(seed, phase, step))

    @property
    def numbers(self):
        """All of a data set of numbers, [count, 1]; None of one of images."""
        return self._images if self._images.ndim == 2 else None

    def first(self, seed, count):
        """The batch of the data set's first `count` images, or of all if it has fewer.

        The same whatever the batch size; its noise is that of step 0, which training never sees.
        """
        count = min(count, len(self._images))
        images = datasets.scaled(self._images[:count]).astype(self._dtype, copy=False)
        return self._batch(seed, 0, count, lambda phase: images)

    def first_examples(self, count):
        """The `Examples` that `first` has, as the data set holds them."""
        return Examples(
            datasets.scaled(self._images[:count]), self._labels[:count])

    def _batch(self, seed, step, count, images_of):
        batch = {}
        for phase, inputs in self._phases.items():
            for name, shape in inputs.items():
                key = phase + "/" + name
                shape = (count,) + shape
                if name == MASK_SEED:
                    batch[key] = mask_seed(seed, key, step)
                elif name == "images":
                    batch[key] = images_of(phase).reshape(shape)
                else:
                    draw = mixing if name == "mixing" else noise
                    batch[key] = draw(seed, key, step, shape, self._dtype)
        return batch

    def _batch_of_images(self, seed, phase, step):
        images = datasets.scaled(self._images[self._rows(seed, phase, step)])
        images = augmentation.augment(images, self._transforms, seed, phase + "/augment", step)
        return images.astype(self._dtype, copy=False)

    def _rows(self, seed, phase, step):
        if self.batch_size == len(self._images):
            return slice(None)
        epoch, index = divmod(step - 1, self.steps_per_epoch)
        first = index * self.batch_size
        rows = _shuffled(seed, phase, epoch, len(self._images))
        return rows[first:first + self.batch_size]


def of_digits(hparams):
    """Batches of the digits data set, which needs no file and no network."""
    return Batches(datasets.load("digits", hparams.image_shape), hparams)
