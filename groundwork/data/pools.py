"""Choices of image pools: D is shown generated images of earlier steps, too.

The pool of Shrivastava et al. 2017, as Zhu et al. 2017a use it: images fill its rows in order;
while it is not full, D is shown each image itself. Of a full one, half of the images change places
with an image of the pool, and D is shown that one. The pool is a state of the program; which image
changes places with which row is data, as all that is random.
"""

from typing import NamedTuple

import numpy as np

from groundwork import randomness

SWAPPED = 0.5  # of the images that meet a full pool


class Choices(NamedTuple):
    """What a pool does with a batch, float64 [count, size] each, a row an image.

    A row is 1 at one row of the pool, or 0 everywhere.
    """

    reads: np.ndarray  # 1: the pool's image that D is shown; all 0: the image itself
    writes: np.ndarray  # 1: where in the pool the image is put; all 0: nowhere


def choices(seed, stream, step, count, size):
    """The `Choices` of a step.

    No two images of a batch meet the same row, so their order does not matter; of a batch larger
    than the pool the rest passes it by.

    Args:
      seed, stream: as `randomness.generator` takes them.
      step: from 1; step 0 meets an empty pool.
      count: images of a batch.
      size: images of the pool.
    """
    reads, writes = np.zeros((count, size)), np.zeros((count, size))
    filled = max(step - 1, 0) * count
    if filled < size:
        free = np.arange(min(count, size - filled))
        writes[free, filled + free] = 1
        return Choices(reads, writes)
    draws = randomness.generator(seed, stream, step)
    rows = draws.permutation(size)[:count]
    swapped = np.flatnonzero(draws.random(len(rows)) < SWAPPED)
    reads[swapped, rows[swapped]] = 1
    return Choices(reads, reads.copy())


def choice(seed, phase, name, step, shape):
    """The part of the `Choices` that an input names, such as "pool_reads_a".

    Args:
      seed, step: as `choices` takes them.
      phase: whose input it is; with the domain in the name the stream.
      shape: [count, size].
    """
    _, part, domain = name.split("_")
    chosen = choices(seed, "{}/pool_{}".format(phase, domain), step, *shape)
    return getattr(chosen, part)
