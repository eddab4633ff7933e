"""Batches: a pure function of (seed, step), equal in both wings and under both TensorFlows."""

import functools

import numpy as np

from groundwork import randomness
from groundwork.data import datasets
from groundwork.errors import UsageError

SAMPLE_COUNT = 64


@functools.lru_cache(maxsize=8)
def _shuffled(seed, phase, epoch, count):
    return randomness.generator(seed, phase + "/rows", epoch).permutation(count)


def noise(seed, stream, index, shape, dtype):
    """Standard normal numbers, of float32 in both precisions, so that these can be compared."""
    # Drawn in float64: one in 40,000 float32 draws is another number in another NumPy.
    draw = randomness.generator(seed, stream, index).standard_normal(shape)
    return draw.astype(np.float32).astype(dtype, copy=False)


def sample_batch(hparams, seed, dtype="float32"):
    """What `SAMPLE_COUNT` images are generated from: `{"sample/<input>": array}`."""
    return {"sample/" + name: noise(seed, "sample/" + name, 0, (SAMPLE_COUNT,) + shape, dtype)
            for name, shape in hparams.sample_inputs().items()}


class Batches:
    """`batches(seed, step)` gives `{"<phase>/<input>": array}`; steps count from 1.

    Rows are shuffled anew each epoch, for each phase on its own; the short rest of an epoch is
    dropped, so shapes never change. A batch of the whole data set keeps its order.
    """

    def __init__(self, dataset, hparams, dtype="float32"):
        """Raises UsageError when the batch is larger than the data set."""
        count = len(dataset.images)
        self.batch_size = hparams.batch_size or count
        if self.batch_size > count:
            raise UsageError("--batch_size={}: expected at most {} images ({}), or full".format(
                self.batch_size, count, dataset.name))
        self.steps_per_epoch = count // self.batch_size
        self._images = dataset.images.astype(dtype, copy=False)
        self._phases = hparams.phase_inputs()
        self._dtype = dtype

    def __call__(self, seed, step):
        batch = {}
        for phase, inputs in self._phases.items():
            for name, shape in inputs.items():
                key = phase + "/" + name
                shape = (self.batch_size,) + shape
                if name == "images":
                    batch[key] = self._images[self._rows(seed, phase, step)].reshape(shape)
                else:
                    batch[key] = noise(seed, key, step, shape, self._dtype)
        return batch

    def _rows(self, seed, phase, step):
        if self.batch_size == len(self._images):
            return slice(None)
        epoch, index = divmod(step - 1, self.steps_per_epoch)
        first = index * self.batch_size
        rows = _shuffled(seed, phase, epoch, len(self._images))
        return rows[first:first + self.batch_size]


def of_digits(hparams):
    """Batches of the digits data set, which needs no file and no network."""
    return Batches(datasets.load("digits"), hparams)
