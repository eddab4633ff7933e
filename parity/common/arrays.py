"""Arrays of a job: read by prefix, written one by one, so that few are held at a time."""

import zipfile

import numpy as np


class Given(object):
    """The arrays that a job gives, from one or more .npz files."""

    def __init__(self, paths):
        """Opens the files; what stands in a later one counts."""
        self._places = {}
        for path in paths:
            file = np.load(path, allow_pickle=False)
            self._places.update({name: file for name in file.files})

    def each(self, prefix):
        """Yields (name without prefix, array), in the order in which they were written."""
        for name, file in self._places.items():
            if name.startswith(prefix):
                yield name[len(prefix):], file[name]

    def under(self, prefix):
        """`{name without prefix: array}`, in the order in which they were written."""
        return dict(self.each(prefix))


class Writer(object):
    """Writes an .npz as `numpy.savez` does, each array at once; use it in a `with`."""

    def __init__(self, path):
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)

    def __call__(self, name, array):
        """Adds an array."""
        with self._zip.open(name + ".npy", "w", force_zip64=True) as file:
            np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._zip.close()
