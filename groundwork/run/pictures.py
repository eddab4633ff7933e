"""The picture of what a model generates: a grid of images, or the densities of numbers."""

from groundwork.run import densities
from groundwork.run import grids


def of_samples(samples, real=None):
    """A uint8 picture [height, width] or [height, width, 3].

    Args:
      samples: images as `grids.tile` takes them, or numbers [count, 1] in [0, 1].
      real: for numbers, those of the data set [count, 1], if they are at hand.
    """
    if samples.ndim == 2:
        return densities.picture(samples, real)
    return grids.tile(samples)
