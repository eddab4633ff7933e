"""The picture of a model of numbers: how real and generated ones are distributed."""

import numpy as np

from groundwork.run import figures

_BINS = 50
_INCHES = (6.0, 4.0)


def picture(generated, real=None):
    """Densities of numbers in [0, 1], 50 bars each.

    Args:
      generated: [count, 1].
      real: [count, 1], or None to draw the generated ones only.

    Returns:
      uint8 [height, width, 3] in pixels.
    """
    figure = figures.figure(*_INCHES)
    axes = figure.add_subplot()
    for numbers, name in ((real, "real"), (generated, "generated")):
        if numbers is not None:
            axes.hist(np.ravel(numbers), _BINS, (0.0, 1.0), density=True, alpha=0.6, label=name)
    axes.set_xlabel("value")
    axes.set_ylabel("density")
    axes.legend()
    return figures.pixels(figure)
