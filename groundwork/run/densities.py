"""The picture of a model of numbers: how real and generated ones are distributed."""

import numpy as np

_BINS = 50
_INCHES, _DOTS_PER_INCH = (6.0, 4.0), 100


def picture(generated, real=None):
    """Densities of numbers in [0, 1], 50 bars each.

    Args:
      generated: [count, 1].
      real: [count, 1], or None to draw the generated ones only.

    Returns:
      uint8 [height, width, 3] in pixels.
    """
    # Without pyplot: no window system, no state that is shared.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # pylint: disable=g-import-not-at-top
    from matplotlib.figure import Figure

    figure = Figure(figsize=_INCHES, dpi=_DOTS_PER_INCH)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for numbers, name in ((real, "real"), (generated, "generated")):
        if numbers is not None:
            axes.hist(np.ravel(numbers), _BINS, (0.0, 1.0), density=True, alpha=0.6, label=name)
    axes.set_xlabel("value")
    axes.set_ylabel("density")
    axes.legend()
    canvas.draw()
    return np.array(canvas.buffer_rgba())[:, :, :3]
