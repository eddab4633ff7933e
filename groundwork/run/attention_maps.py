"""The picture of attention maps: where some positions of an image look."""

import numpy as np

from groundwork.run import grids

# (down, right) of the positions whose maps are shown, as parts of height and width.
QUERIES = ((0.25, 0.25), (0.25, 0.75), (0.5, 0.5), (0.75, 0.25), (0.75, 0.75))


def picture(images, weights):
    """A uint8 picture with a row an image: the image, then the map of each of `QUERIES`.

    A map is as bright as the weights, its largest white; the position that looks is red.

    Args:
      images: float [count, height, width, 3] in [-1, 1].
      weights: [count, positions, positions], the positions row by row of a square whose height
        divides that of the images.
    """
    size = int(round(weights.shape[1] ** 0.5))
    tiles = []
    for image, of_image in zip(images, weights):
        tiles.append(image)
        for down, right in QUERIES:
            query = int(down * size), int(right * size)
            looked_at = of_image[query[0] * size + query[1]].reshape(size, size)
            tiles.append(grids.enlarged(_heat(looked_at, query), len(image) // size))
    return grids.tile(np.stack(tiles), columns=1 + len(QUERIES))


def _heat(weights, query):
    """Weights [height, width] as an image [height, width, 3] in [-1, 1]."""
    heat = np.repeat((2.0 * weights / weights.max() - 1.0)[:, :, None], 3, axis=2)
    heat[query] = (1.0, -1.0, -1.0)
    return heat
