"""Files of arrays: read by prefix and written one by one, so that few arrays are in memory."""

import collections.abc
import threading
import zipfile

import numpy as np

# NumPy has Python parse what stands before an array. CPython before 3.11.8 and 3.12.2 may raise a
# SystemError where threads do so at the same time (its issue 106905).
_PARSING = threading.RLock()
# Stands behind each string of bytes, before the zeros that make all of one length.
_END = b"."


def storable(array):
    """An array as a file takes it: objects that are strings of bytes as raw bytes of one length."""
    array = np.asarray(array)
    if array.dtype.kind != "O" or not all(isinstance(each, bytes) for each in array.flat):
        return array
    ended = np.array([each + _END for each in array.flat], np.bytes_)
    return ended.view(np.dtype((np.void, ended.dtype.itemsize))).reshape(array.shape)


def restored(array):
    """The array of which `storable` made one."""
    if array.dtype.kind != "V" or array.dtype.names:
        return array
    strings = np.empty(array.size, object)
    strings[:] = [each.tobytes().rstrip(b"\0")[:-len(_END)] for each in array.ravel()]
    return strings.reshape(array.shape)


class Stored(collections.abc.Mapping):
    """The arrays of an .npz by name, each read when it is accessed, in threads too; a context.

    Args:
      path: path of the file.
    """

    def __init__(self, path):
        self._file = np.load(path, allow_pickle=False)

    def __getitem__(self, name):
        with _PARSING:
            return restored(self._file[name])

    def __iter__(self):
        return iter(self._file.files)

    def __len__(self):
        return len(self._file.files)

    def __contains__(self, name):
        return name in self._file  # without reading it

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._file.close()


class Given(object):
    """The arrays of a job's input, in one or more .npz files."""

    def __init__(self, paths):
        """Opens the files; an array in a later one replaces that of the same name."""
        self._places = {}
        for path in paths:
            file = np.load(path, allow_pickle=False)
            self._places.update({name: file for name in file.files})

    def each(self, prefix):
        """Yields (name without prefix, array) of a prefix, in the order of writing."""
        for name, file in self._places.items():
            if name.startswith(prefix):
                yield name[len(prefix):], restored(file[name])

    def under(self, prefix):
        """`{name without prefix: array}` of a prefix, in the order of writing."""
        return dict(self.each(prefix))


class Writer(object):
    """Writes an .npz as `numpy.savez` does, but array by array; use it in a `with`."""

    def __init__(self, path):
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True)

    def __call__(self, name, array):
        """Adds an array."""
        with self._zip.open(name + ".npy", "w", force_zip64=True) as file:
            np.lib.format.write_array(file, storable(array), allow_pickle=False)

    def __enter__(self):
        return self

    def __exit__(self, *unused_error):
        self._zip.close()
