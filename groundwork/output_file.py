"""The picture that a binary writes to --output."""

import os

from groundwork import flags
from groundwork.errors import of_a_disk, UsageError
from groundwork.run import grids
from groundwork.run.files import write_whole


def path():
    """The value of --output; UsageError unless it is a .png file name in an existing folder."""
    output = flags.FLAGS.output
    if not output.endswith(".png"):
        raise UsageError("--output={}: expected a file name that ends in .png".format(output))
    if not os.path.isdir(os.path.dirname(output) or "."):
        raise UsageError("--output={}: expected a file in an existing folder, received one in a "
                         "folder that does not exist".format(output))
    return output


def write_png(output, grid):
    """Writes a uint8 grid; UsageError or, of a full disk, WriteError when it cannot."""
    _write(grids.write_png, output, grid)


def write_gif(output, pictures, milliseconds):
    """Writes uint8 grids as an animation; errors as of `write_png`."""
    _write(grids.write_gif, output, pictures, milliseconds)


def write_text(output, content):
    """Writes the bytes of a text; errors as of `write_png`."""
    _write(write_whole, output, content)


def _write(write, output, *content):
    try:
        write(output, *content)
    except OSError as error:
        if of_a_disk(error):
            raise
        raise UsageError("--output={}: expected a file that can be written, received {}".format(
            output, error))
