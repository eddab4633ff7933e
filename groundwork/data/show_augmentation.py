"""Draws images of a data set, each augmented at several steps."""

# PYTHON_ARGCOMPLETE_OK (by which argcomplete knows that it may ask this module)

import sys

import numpy as np

from groundwork import commands
from groundwork import flags
from groundwork import output_file
from groundwork.data import augmentation
from groundwork.data import datasets
from groundwork.run import grids

flags.define_augmentation_flags()

_IMAGE_SHAPE = (64, 64, 3)
_ROWS = 8  # images
_COLUMNS = 8  # the image itself, then what it becomes in as many steps


def picture(images, transforms, seed):
    """A grid with a row for each image: itself, then augmented at steps 1, 2, 3...

    Args:
        images: float32 [count, height, width, 3] in [-1, 1].
        transforms: some of `augmentation.NAMES`.
        seed: from which the transforms are drawn.

    Returns:
        uint8 [grid height, grid width, 3].
    """
    columns = [images] + [augmentation.augment(images, transforms, seed, "show_augmentation", step)
                          for step in range(1, _COLUMNS)]
    return grids.tile(np.stack(columns, axis=1).reshape((-1,) + images.shape[1:]), _COLUMNS)


def main():
    """Reads the flags, then writes the picture."""
    output = output_file.path()
    dataset = datasets.load(flags.FLAGS.dataset, _IMAGE_SHAPE, flags.FLAGS.data_dir,
                            flags.FLAGS.max_data_bytes)
    # Spread over the whole set, since a folder's images come class by class.
    rows = np.linspace(0, len(dataset.images) - 1, _ROWS).astype(int)
    images = datasets.scaled(dataset.images[rows])
    output_file.write_png(output, picture(images, flags.transforms_from_flags(), flags.FLAGS.seed))
    print("{}: {} images of {}, each with {} results".format(
        output, len(images), dataset.name, _COLUMNS - 1))


if __name__ == "__main__":
    sys.exit(commands.run("groundwork.data.show_augmentation", __doc__, main))
