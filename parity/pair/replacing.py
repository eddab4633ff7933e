"""Files of several parts that appear whole or not at all."""

import contextlib
import os
import tempfile

from parity import command_line


def folder(out):
    """A context that gives a folder beside the file `out`, in which its parts are written."""
    return tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(out)), prefix=".parity-")


def replace(written, out, endings, first):
    """Moves the parts of a file to where they belong.

    Args:
      written: where they were written; each is called as this with an ending.
      out: where they belong.
      endings: endings of the parts, in the order in which they are moved.
      first: endings of the parts of an older file that are removed first, since without them or
        beside others it is none.

    Raises:
      UsageError: that cannot be done.
    """
    try:
        for ending in first:
            with contextlib.suppress(FileNotFoundError):
                os.remove(out + ending)
        for ending in endings:
            os.replace(written + ending, out + ending)
    except OSError as error:
        raise command_line.UsageError(
            f"{out}: expected a file that can be written, received {error.strerror}")
