"""One-dimensional data for D1's dense GAN, whose generator ends in a single sigmoid unit.

D1 trains on an unnamed column of numbers; what they are is our choice.
"""

import numpy as np

from groundwork import randomness
from groundwork.errors import UsageError

MEANS = (0.3, 0.7)  # of the two components, which have equal weights
STANDARD_DEVIATION = 0.05  # of each
COUNT = 10000  # points
_CHUNK = 1024  # images that are summed at once


def mean_ink(images):
    """Mean brightness of each image, scaled so that the darkest is 0 and the brightest 1.

    Args:
        images: uint8, or float32 in [-1, 1], [count, height, width].

    Returns:
        float32 [count, 1] in [0, 1].

    Raises:
        UsageError: all images are equally bright.
    """
    # Sums of bytes are exact whatever the order of the additions.
    dtype = np.int64 if images.dtype == np.uint8 else np.float64
    ink = np.concatenate([images[first:first + _CHUNK].sum(axis=(1, 2), dtype=dtype)
                          for first in range(0, len(images), _CHUNK)])
    low, high = ink.min(), ink.max()
    if low == high:
        raise UsageError("--dataset: expected images of which one is brighter than another, since "
                         "this model learns their brightness; received {} equally bright".format(
                             len(images)))
    return ((ink - low) / (high - low)).astype(np.float32)[:, None]


def gaussian_mixture(seed, count=COUNT):
    """Points of a mixture of two Gaussians, clipped to [0, 1].

    Args:
        seed: non-negative integer below 2**64.
        count: how many points.

    Returns:
        float32 [count, 1] in [0, 1], and the component of each, int32 [count].
    """
    generator = randomness.generator(seed, "gaussian_mixture")
    component = (generator.random(count) * len(MEANS)).astype(np.int32)
    points = np.array(MEANS)[component] + STANDARD_DEVIATION * generator.standard_normal(count)
    return np.clip(points, 0, 1).astype(np.float32)[:, None], component
