"""Samples of text: as a file, as a picture, and as TensorBoard shows them."""

import math
import warnings

from groundwork.run import figures

_POINTS = 10.0  # size of the font
_WIDTH, _HEIGHT = 0.62, 1.5  # of a character and of a line, in sizes of the font
_BETWEEN = 3  # characters between two columns, and around all
_INCH = 72.0  # points


def content(lines):
    """The bytes of a text file."""
    return "".join(line + "\n" for line in lines).encode("utf-8")


def markdown(lines):
    """A block of text, in Markdown, whose characters mean nothing else."""
    return "".join("    " + line + "\n" for line in lines)


def picture(lines, length):
    """Lines in columns, as near to a square as can be; its size is that of full lines.

    Characters that Matplotlib's own font lacks are drawn as boxes.

    Args:
      lines: texts of at most `length` characters.
      length: characters of the longest line that there can be.

    Returns:
      uint8 [height, width, 3] in pixels.
    """
    wide = (length + _BETWEEN) * _WIDTH
    columns = max(1, round(math.sqrt(len(lines) * _HEIGHT / wide)))
    rows = math.ceil(len(lines) / columns)
    width, height = columns * wide + _BETWEEN * _WIDTH, (rows + 1) * _HEIGHT
    figure = figures.figure(width * _POINTS / _INCH, height * _POINTS / _INCH)
    for number, line in enumerate(lines):
        column, row = divmod(number, rows)
        figure.text((column * wide + _BETWEEN * _WIDTH) / width, 1 - (row + 1) * _HEIGHT / height,
                    line.replace("$", r"\$"), family="monospace", size=_POINTS, va="baseline")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # of a character that the font lacks
        return figures.pixels(figure)
