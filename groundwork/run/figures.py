"""Figures of Matplotlib as pixels, without a window system and without a state that is shared."""

import numpy as np

DOTS_PER_INCH = 100


def figure(width, height):
    """An empty figure of a width and height in inches."""
    # Without pyplot, which has both.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # pylint: disable=g-import-not-at-top
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), dpi=DOTS_PER_INCH)
    FigureCanvasAgg(made)
    return made


def pixels(drawn):
    """The uint8 [height, width, 3] of a figure."""
    drawn.canvas.draw()
    return np.array(drawn.canvas.buffer_rgba())[:, :, :3]
