"""The sample grids of a run as one animation."""

import glob
import os

import numpy as np

from groundwork.run import grids

NAME = "animation.gif"
_MILLISECONDS = 250  # a grid is shown


def write(folder):
    """Writes `animation.gif` of the sample grids in a folder, in the order of their steps.

    Grids of earlier processes of a resumed run are part of it; without any, nothing is written.
    """
    from PIL import Image  # pylint: disable=g-import-not-at-top

    paths = sorted(glob.glob(os.path.join(glob.escape(folder), "step_*.png")))
    if paths:
        grids.write_gif(os.path.join(folder, NAME),
                        [np.asarray(Image.open(path)) for path in paths], _MILLISECONDS)
