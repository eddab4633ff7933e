"""Batches: a pure function of (seed, step), equal in both wings and under both TensorFlows."""

import functools
from typing import NamedTuple

import numpy as np

from groundwork import randomness
from groundwork.data import augmentation
from groundwork.data import datasets
from groundwork.data import domains
from groundwork.data import draws
from groundwork.data import pools
from groundwork.data.image_files import ImageFiles
from groundwork.errors import UsageError
from groundwork.models.model import MASK_SEED, POOL_INPUTS


# The inputs that are images, of the data set and of its second domain.
IMAGES = ("images", "images_b")


@functools.lru_cache(maxsize=8)
def _shuffled(seed, phase, epoch, count):
    return randomness.generator(seed, phase + "/rows", epoch).permutation(count)


def sample_batch(hparams, seed, dtype="float32", count=None, label=None, columns=None,
                 batches=None):
    """Inputs from which images, or numbers, are generated: `{"sample/<input>": array}`.

    Args:
      hparams: the model's hyper-parameters.
      seed: of the random ones; their first rows do not depend on the count.
      dtype: of the arrays.
      count: rows; None for the model's `sample_count`, or all images if these are fewer.
      label: the class of all rows; None for all classes in turn.
      columns: rows of one class, before the next one's turn; None for the model's `grid_columns`.
      batches: the `Batches` of the data set, for models that generate from its images.
    """
    count = count or hparams.sample_count
    batch = {}
    for name, shape in hparams.sample_inputs().items():
        key = "sample/" + name
        if name == "classes":
            turns = np.arange(count) // (columns or hparams.grid_columns) % hparams.class_count
            labels = turns if label is None else np.full(count, label)
            batch[key] = draws.one_hot(labels, hparams.class_count, dtype)
        elif name in IMAGES:
            batch[key] = batches.first_images(name, count)
        else:
            batch[key] = draws.draw(name, seed, key, 0, (count,) + shape, dtype)
    return batch


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
            numbers are to be augmented; or the model takes labels of other classes.
        """
        count = len(dataset.images)
        self.batch_size = hparams.batch_size or count
        if self.batch_size > count:
            raise UsageError("--batch_size={}: expected at most {} images ({}), or full".format(
                self.batch_size, count, dataset.name))
        self.steps_per_epoch = count // self.batch_size
        second = dataset.second
        if second and self.batch_size > len(second.images):
            raise UsageError("--batch_size={}: expected at most {} images ({}, the second "
                             "domain)".format(hparams.batch_size or "full", len(second.images),
                                              second.name))
        if transforms and dataset.images.ndim < 3:
            raise UsageError("--augment={}: expected none with a model of numbers".format(
                ",".join(transforms)))
        # A batch of everything needs everything as floats, once and not at each step.
        whole = self.batch_size == count
        if whole and isinstance(getattr(dataset.images, "source", dataset.images), ImageFiles):
            raise UsageError("--batch_size={}: expected fewer than all images, which are more than "
                             "--max_data_bytes or the free memory".format(
                                 hparams.batch_size or "full"))
        self._images = datasets.scaled(dataset.images[:]) if whole else dataset.images
        self._transforms = transforms
        _refuse_other_classes(dataset, hparams)
        self._second = dataset.second.images if dataset.second else None
        self._labels = (np.full(count, -1, np.int32) if dataset.labels is None
                        else dataset.labels)
        self._phases = hparams.batch_inputs()
        self._paired = hparams.paired
        self._dtype = dtype

    def __call__(self, seed, step):
        return self._batch(seed, step, self.batch_size,
                           lambda phase, name: self._batch_of_images(seed, phase, name, step),
                           lambda phase: self._labels[self._rows(
                               seed, phase, step, len(self._images))])

    @property
    def numbers(self):
        """All of a data set of numbers, [count, 1]; None of one of images."""
        return self._images if self._images.ndim == 2 else None

    def first(self, seed, count):
        """The batch of the data set's first `count` images, or of all if it has fewer.

        The same whatever the batch size; its noise is that of step 0, which training never sees.
        """
        count = min(count, self.common_count)
        return self._batch(seed, 0, count, lambda phase, name: self.first_images(name, count),
                           lambda phase: self._labels[:count])

    def first_images(self, name, count):
        """The first `count` images of an input of `IMAGES`, or as many as every domain has."""
        images = self._images if name == "images" else self._second
        count = min(count, self.common_count)
        return datasets.scaled(images[:count]).astype(self._dtype, copy=False)

    @property
    def common_count(self):
        """Images of the data set, or of its smaller domain."""
        return min(len(self._images), len(self._images if self._second is None else self._second))

    def first_examples(self, count):
        """The `Examples` that `first` has, as the data set holds them."""
        return Examples(
            datasets.scaled(self._images[:count]), self._labels[:count])

    def _batch(self, seed, step, count, images_of, labels_of):
        batch = {}
        for phase, inputs in self._phases.items():
            for name, shape in inputs.items():
                key = phase + "/" + name
                if name == MASK_SEED:
                    batch[key] = draws.mask_seed(seed, key, step)
                elif name in IMAGES:
                    batch[key] = images_of(phase, name).reshape((count,) + shape)
                elif name in POOL_INPUTS:
                    batch[key] = pools.choice(
                        seed, phase, name, step, (count,) + shape).astype(self._dtype)
                elif name == "labels":
                    batch[key] = draws.one_hot(labels_of(phase), shape[0], self._dtype)
                else:
                    batch[key] = draws.draw(name, seed, key, step, (count,) + shape, self._dtype)
        return batch

    def _batch_of_images(self, seed, phase, name, step):
        images = self._images
        if name == "images_b":
            images = self._second
            phase += "" if self._paired else "/b"  # rows and draws of its own, unless paired
        images = datasets.scaled(images[self._rows(seed, phase, step, len(images))])
        images = augmentation.augment(images, self._transforms, seed, phase + "/augment", step)
        return images.astype(self._dtype, copy=False)

    def _rows(self, seed, phase, step, count):
        if self.batch_size == count:
            return slice(None)
        epoch, index = divmod(step - 1, count // self.batch_size)
        first = index * self.batch_size
        rows = _shuffled(seed, phase, epoch, count)
        return rows[first:first + self.batch_size]


def _refuse_other_classes(dataset, hparams):
    """Refuses a data set whose classes are not those of a model that takes labels."""
    if not any("labels" in inputs for inputs in hparams.batch_inputs().values()):
        return
    if not dataset.class_count:
        raise UsageError("--dataset={}: expected images with labels, received none".format(
            dataset.name))
    if dataset.class_count != hparams.class_count:
        raise UsageError("--class_count={}: expected the {} classes of {}, received {}".format(
            hparams.class_count, dataset.class_count, dataset.name, hparams.class_count))


def of_digits(hparams, dtype="float32"):
    """Batches of the digits data set, which needs no file and no network."""
    dataset = domains.with_second(datasets.load("digits", hparams.image_shape), hparams)
    return Batches(dataset, hparams, dtype)
