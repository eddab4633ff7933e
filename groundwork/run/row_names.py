"""Names of the rows of a grid of images, such as the classes that were asked for."""

import numpy as np

_MARGIN = 4  # pixels around a name
_PAPER, _INK = 255, 0


def beside(grid, names):
    """A grid with the name of each row to its left.

    Args:
      grid: uint8 [height, width] or [height, width, channels], its rows of one height.
      names: as many texts as it has rows.

    Returns:
      uint8 of the same height and channels, wider by the longest name.
    """
    from PIL import Image, ImageDraw, ImageFont  # pylint: disable=g-import-not-at-top

    font = ImageFont.load_default()
    measure = ImageDraw.Draw(Image.new("L", (1, 1)))
    boxes = [measure.textbbox((0, 0), name, font=font) for name in names]
    column = Image.new("L", (max(right for _, _, right, _ in boxes) + 2 * _MARGIN, len(grid)),
                       _PAPER)
    draw = ImageDraw.Draw(column)
    for row, (name, (_, top, _, bottom)) in enumerate(zip(names, boxes)):
        middle = (2 * row + 1) * len(grid) // (2 * len(names))
        draw.text((_MARGIN, middle - (top + bottom) // 2), name, fill=_INK, font=font)
    drawn = np.array(column)
    if grid.ndim == 3:
        drawn = np.repeat(drawn[:, :, None], grid.shape[2], axis=2)
    return np.concatenate([drawn, grid], axis=1)
