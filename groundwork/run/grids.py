"""Sample grids: a batch of images as one picture."""

import io
import math

import numpy as np

from groundwork.run.files import write_whole

_SEPARATOR = 2  # pixels
_SEPARATOR_VALUE = 255


def tile(images, columns=None, separator=_SEPARATOR):
    """Lays images out row by row, white lines between them.

    Args:
      images: float [count, height, width] or [count, height, width, channels] with 1 or 3
        channels, in [-1, 1]; values outside are clipped.
      columns: images a row; by default the grid is as near to square as it can be.
      separator: width of the lines, in pixels.

    Returns:
      uint8 [grid height, grid width] or [grid height, grid width, channels], -1 as 0, 1 as 255;
      places left over in the last row are white.

    Raises:
      ValueError: the images are none, of another shape or type, or not all finite.
    """
    images = np.asarray(images)
    _check_images(images)
    count, height, width = images.shape[:3]
    columns = math.ceil(math.sqrt(count)) if columns is None else columns
    if columns < 1:
        raise ValueError("expected at least 1 column, received {}".format(columns))
    rows = math.ceil(count / columns)
    pixels = np.rint((np.clip(images.astype(np.float64), -1.0, 1.0) + 1.0) * 127.5)
    row_stride, column_stride = height + separator, width + separator
    grid = np.full((rows * row_stride - separator, columns * column_stride - separator)
                   + images.shape[3:], _SEPARATOR_VALUE, np.uint8)
    for index in range(count):
        top, left = index // columns * row_stride, index % columns * column_stride
        grid[top:top + height, left:left + width] = pixels[index]
    return grid


def tile_pairs(upper, lower, columns=8):
    """Lays each image of `upper` directly over its partner of `lower`, both as `tile` takes them.

    A row of `upper` is followed by the row of its partners. What does not fill a row is left out,
    unless it is all there is.
    """
    columns = min(columns, len(upper))
    count = len(upper) // columns * columns
    rows = [images[:count].reshape((-1, columns) + images.shape[1:]) for images in (upper, lower)]
    pairs = np.stack(rows, axis=1)
    return tile(pairs.reshape((-1,) + pairs.shape[3:]), columns)


def enlarged(grid, scale):
    """A grid with squares of `scale` by `scale` pixels in the place of each of its own."""
    return grid.repeat(scale, axis=0).repeat(scale, axis=1)


def write_gif(path, grids, milliseconds):
    """Writes grids of one shape, as `write_png` takes them, as an endless animation.

    Args:
      path: the file; whole or not at all, equal grids give equal bytes.
      grids: at least one.
      milliseconds: how long each is shown.
    """
    images = [_image(grid) for grid in grids]
    buffer = io.BytesIO()
    images[0].save(buffer, format="GIF", save_all=True, append_images=images[1:],
                   duration=milliseconds, loop=0)
    write_whole(path, buffer.getvalue())


def write_png(path, grid):
    """Writes a grid as PNG, whole or not at all; equal grids give equal bytes.

    Args:
      path: the file.
      grid: uint8 [height, width] or [height, width, channels] with 1 or 3 channels.
    """
    write_whole(path, png(grid))


def png(grid):
    """The bytes of a PNG of a grid, as `write_png` takes it."""
    buffer = io.BytesIO()
    _image(grid).save(buffer, format="PNG")
    return buffer.getvalue()


def _image(grid):
    from PIL import Image  # pylint: disable=g-import-not-at-top

    if grid.dtype != np.uint8:
        raise ValueError("expected a uint8 grid, received {}".format(grid.dtype))
    if grid.ndim == 3 and grid.shape[2] == 1:
        grid = grid[:, :, 0]
    return Image.fromarray(np.ascontiguousarray(grid))


def _check_images(images):
    if images.ndim not in (3, 4) or 0 in images.shape or images.shape[3:] not in ((), (1,), (3,)):
        raise ValueError("expected images [count, height, width] or [count, height, width, 1 or 3],"
                         " received shape {}".format(images.shape))
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError("expected float images in [-1, 1], received {}".format(images.dtype))
    if not np.isfinite(images).all():
        raise ValueError("expected finite images, received NaN or infinity")
