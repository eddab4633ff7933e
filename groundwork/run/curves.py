"""The picture of a model of curves: each in a cell of its own, over the line of zero."""

import math

import numpy as np

from groundwork.run import figures

_CELL = (1.0, 0.75)  # inches
_GAP = 0.15  # part of a cell that stays free
_COLOURS = ("C0", "C1", "C2", "C3")  # of features, in turn


def picture(curves):
    """Plots of curves with values in [-1, 1], as near to a square of cells as can be.

    Args:
      curves: [count, steps, features]; values outside are clipped.

    Returns:
      uint8 [height, width, 3] in pixels.
    """
    from matplotlib.collections import LineCollection  # pylint: disable=g-import-not-at-top

    count, steps, features = curves.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    figure = figures.figure(_CELL[0] * columns, _CELL[1] * rows)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, columns), ylim=(-rows, 0), frame_on=False,
                           xticks=(), yticks=())
    lefts = np.arange(count) % columns + _GAP / 2
    middles = -(np.arange(count) // columns) - 0.5
    zeros = [[(left, middle), (left + 1 - _GAP, middle)] for left, middle in zip(lefts, middles)]
    axes.add_collection(LineCollection(zeros, colors="0.8", linewidths=0.5))
    x = lefts[:, None] + np.linspace(0, 1 - _GAP, steps)
    y = middles[:, None, None] + np.clip(curves, -1, 1) * (1 - _GAP) / 2
    for feature in range(features):
        axes.add_collection(LineCollection(
            np.stack([x, y[:, :, feature]], axis=2), linewidths=1.0,
            colors=_COLOURS[feature % len(_COLOURS)]))
    return figures.pixels(figure)
