"""The picture of what a model generates: a grid of images, or what is drawn of other samples."""

from groundwork.data import lines
from groundwork.models import model
from groundwork.run import curves
from groundwork.run import densities
from groundwork.run import grids
from groundwork.run import row_names
from groundwork.run import text


def of_samples(hparams, samples, real=None, columns=None, classes=None, scale=1):
    """A uint8 picture [height, width] or [height, width, 3].

    Args:
      hparams: the model's hyper-parameters, which say of what kind its samples are.
      samples: images as `grids.tile` takes them, numbers [count, 1] in [0, 1], curves
        [count, steps, features] in [-1, 1], or text as `lines.decode` takes it.
      real: for numbers, those of the data set [count, 1], if they are at hand.
      columns: images a row; None for a grid as near to square as can be.
      classes: of a grid with one class a row, the one-hot classes [count, class_count] by which
        the rows are named.
      scale: pixels a side of each pixel of an image.
    """
    if hparams.kind == model.NUMBERS:
        return densities.picture(samples, real)
    if hparams.kind == model.CURVES:
        return curves.picture(samples)
    if hparams.kind == model.TEXT:
        return text.picture(lines.decode(samples, hparams.alphabet), hparams.image_shape[0])
    grid = grids.enlarged(grids.tile(samples, columns), scale)
    if classes is None:
        return grid
    return row_names.beside(grid, [str(row) for row in classes[::columns].argmax(axis=1)])
