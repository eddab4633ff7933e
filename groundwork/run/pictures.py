"""The picture of what a model generates: a grid of images, or the densities of numbers."""

from groundwork.run import densities
from groundwork.run import grids
from groundwork.run import row_names


def of_samples(samples, real=None, columns=None, classes=None, scale=1):
    """A uint8 picture [height, width] or [height, width, 3].

    Args:
      samples: images as `grids.tile` takes them, or numbers [count, 1] in [0, 1].
      real: for numbers, those of the data set [count, 1], if they are at hand.
      columns: images a row; None for a grid as near to square as can be.
      classes: of a grid with one class a row, the one-hot classes [count, class_count] by which
        the rows are named.
      scale: pixels a side of each pixel of an image.
    """
    if samples.ndim == 2:
        return densities.picture(samples, real)
    grid = grids.enlarged(grids.tile(samples, columns), scale)
    if classes is None:
        return grid
    return row_names.beside(grid, [str(row) for row in classes[::columns].argmax(axis=1)])
