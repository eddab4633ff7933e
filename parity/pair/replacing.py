"""Replaces files of several parts, so that they appear whole or not at all."""

import contextlib
import os

from parity import command_line
from parity import temporary


def folder(out):
    """Context with a temporary folder beside the file `out`, in which its parts are written."""
    return temporary.folder(os.path.dirname(os.path.abspath(out)), ".parity-")


def replace(written, out, endings, first):
    """Moves the parts of a file from a temporary folder to its place.

    Args:
      written: path in the temporary folder; each part is this with an ending.
      out: path of the file; each part is this with an ending.
      endings: endings of the parts, in the order in which they are moved.
      first: endings of the parts of an older file to remove first: without them no reader takes a
        mixture of old and new parts for a file.

    Raises:
      UsageError: the file cannot be written.
      OSError: the disk is full, broken or read-only.
    """
    try:
        for ending in first:
            with contextlib.suppress(FileNotFoundError):
                os.remove(out + ending)
        for ending in endings:
            os.replace(written + ending, out + ending)
    except OSError as error:
        raise command_line.unwritten(out, error)
