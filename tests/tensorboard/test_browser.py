"""TensorBoard in a real browser: its pages draw the runs of both wings, and report no error."""

import io

import numpy as np
from PIL import Image
import pytest

from tests.tensorboard import pages
from tests.tensorboard.server import wait_until

LEGACY, MODERN = "legacy/mlp_gan/events", "modern/mlp_gan/events"
BOXES = {"inputs", "generator", "discriminator", "discriminator_1", "losses", "train"}
LAYERS = {"generator/hidden1", "generator/hidden2", "generator/hidden3", "generator/output"}
IMAGES = 6  # samples of four runs, reconstructions of two
DARK = 2000  # pixels; the axes are coloured, so that an empty plot has next to none


def dark_pixels(png):
    """How many pixels are grey, and darker than the page."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    return int(((np.ptp(pixels, axis=2) < 10) & (pixels.max(axis=2) < 200)).sum())


@pytest.mark.skipif(pages.find_browser() is None, reason=pages.NO_BROWSER)
def test_pages_draw_the_runs_of_both_wings(server):
    assert server.active("projector")
    run = server.json("plugin/projector/runs")[0]
    embedding, = server.json("plugin/projector/info", run=run)["embeddings"]
    with pages.opened(server.url) as shown:
        assert (shown.open_graph(), shown.problems) == (LEGACY, [])
        assert shown.nodes() == BOXES
        shown.expand("generator")
        legacy = shown.nodes()
        assert legacy >= BOXES | LAYERS
        shown.choose_run(MODERN)
        assert shown.nodes() == BOXES
        shown.expand("generator")
        assert shown.nodes() == legacy

        assert min(shown.image_widths(IMAGES)) >= 28

        cells = shown.hparams()
        assert [cells.count(name) for name in ("legacy", "modern", "mlp_gan", "vae")] == [2] * 4

        assert shown.open_projector() == embedding["tensorShape"][0]
        assert wait_until(lambda: dark_pixels(shown.picture_of_points()) > DARK)
        assert shown.problems == []
