"""Tests of groundwork.run.animation."""

import numpy as np
from PIL import Image
import pytest

from groundwork.run import animation
from groundwork.run import grids


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 3)])
def test_grids_are_shown_in_the_order_of_their_steps(tmp_path, shape):
    for step, value in [(10, 20), (2, 200), (30, 90)]:
        grids.write_png(
            str(tmp_path / "step_{:08d}.png".format(step)), np.full(shape, value, np.uint8))
    animation.write(str(tmp_path))
    with Image.open(str(tmp_path / "animation.gif")) as image:
        assert (image.n_frames, image.size) == (3, (6, 4))
        seen = []
        for frame in range(3):
            image.seek(frame)
            seen.append(image.convert("L").getpixel((1, 1)))
    assert seen == [200, 20, 90]
    before = (tmp_path / "animation.gif").read_bytes()
    animation.write(str(tmp_path))
    assert (tmp_path / "animation.gif").read_bytes() == before


def test_without_grids_nothing_is_written(tmp_path):
    animation.write(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
