"""Files of arrays that recorders write in one precision: their paths, reading and removing them."""

import contextlib
import glob
import os

from parity.common import arrays


class ArrayFiles:
    """Files "<prefix><name>-<dtype>.npz" in a folder.

    Args:
      folder: the folder.
      dtype: the precision.
      prefix: start of all names.
    """

    def __init__(self, folder, dtype, prefix=""):
        self._folder, self._dtype, self._prefix = folder, dtype, prefix
        self._open = contextlib.ExitStack()

    def path(self, name):
        """Path of a file."""
        return os.path.join(self._folder, self._named(name))

    def _named(self, name):
        return f"{self._prefix}{name}-{self._dtype}.npz"

    def read(self, path):
        """Mapping from names to arrays of an .npz file, each read from disk when it is accessed."""
        return self._open.enter_context(arrays.Stored(path))

    def remove(self):
        """Closes the files that are open, and removes all that begin with the prefix."""
        self._open.close()
        pattern = os.path.join(glob.escape(self._folder), self._named("*"))
        for path in glob.glob(pattern):
            os.remove(path)
